import { unreachable } from "../reconciler/model/unreachable.ts";

/** What `/` asks for: a part of the text, or a regular expression; a leading `!` asks for the others. */
export type Filter =
  | { readonly kind: "all" }
  | { readonly kind: "substring"; readonly text: string; readonly inverse: boolean }
  | { readonly kind: "pattern"; readonly pattern: RegExp; readonly inverse: boolean };

/** Never fails: what is no regular expression yet, while it is being typed, is taken as plain text. */
export function parseFilter(typed: string): Filter {
  const inverse = typed.startsWith("!");
  const text = inverse ? typed.slice(1) : typed;
  if (text === "") return { kind: "all" };
  const pattern = /[\\^$.*+?()[\]{}|]/.test(text) ? tryPattern(text) : null;
  return pattern === null
    ? { kind: "substring", text: text.toLowerCase(), inverse }
    : { kind: "pattern", pattern, inverse };
}

/** Case is ignored. */
export function matches(filter: Filter, text: string): boolean {
  switch (filter.kind) {
    case "all":
      return true;
    case "substring":
      return text.toLowerCase().includes(filter.text) !== filter.inverse;
    case "pattern":
      return filter.pattern.test(text) !== filter.inverse;
    default:
      return unreachable(filter);
  }
}

function tryPattern(text: string): RegExp | null {
  try {
    return new RegExp(text, "i");
  } catch {
    return null;
  }
}
