/** The offsets of a piece of text: where it begins, and where it has ended. */
export type Range = readonly [number, number];

export interface StartTag {
  readonly element: string;
  readonly name: Range;
  readonly attributes: ReadonlyMap<string, { readonly name: Range; readonly value: Range }>;
  /** After its `>`. */
  readonly end: number;
}

/** Where the parts of the start tag are that begins at `at`, in a text that is well-formed. */
export function startTag(text: string, at: number): StartTag {
  const element = /[^\s/>]+/y;
  element.lastIndex = at + 1;
  const name = element.exec(text)?.[0] ?? "";
  const attributes = new Map<string, { readonly name: Range; readonly value: Range }>();
  const pair = /\s+([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/y;
  let end = at + 1 + name.length;
  for (;;) {
    pair.lastIndex = end;
    const match = pair.exec(text);
    if (match === null) break;
    const [whole, key = "", double, single] = match;
    const start = end + whole.indexOf(key);
    const value = double ?? single ?? "";
    const last = end + whole.length - 1;
    attributes.set(key, { name: [start, start + key.length], value: [last - value.length, last] });
    end += whole.length;
  }
  return { element: name, name: [at + 1, at + 1 + name.length], attributes, end: text.indexOf(">", end) + 1 };
}
