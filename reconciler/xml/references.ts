const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** A reference that stands for one character: the five of XML itself, or a number. */
const reference = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));/g;

/** The character of a reference such as `&amp;` or `&#65;`; null: there is no such character. */
export function referenced(whole: string): string | null {
  const match = new RegExp(`^${reference.source}$`).exec(whole);
  if (match === null) return null;
  const [, name, decimal, hex] = match;
  if (name !== undefined) return named[name] ?? null;
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  return isCharacter(code) ? String.fromCodePoint(code) : null;
}

export function withoutReferences(text: string): string {
  return text.includes("&") ? text.replace(reference, (whole) => referenced(whole) ?? whole) : text;
}

/** Text as it is written between tags. */
export function escapedText(text: string): string {
  return text.replace(/[&<>\r]/g, escaped);
}

/** Text as it is written as an attribute's value: readers take a line's end in it for a space. */
export function escapedAttribute(text: string): string {
  return text.replace(/[&<>"'\t\n\r]/g, escaped);
}

function escaped(character: string): string {
  const name = Object.keys(named).find((key) => named[key] === character);
  return name === undefined ? `&#${String(character.codePointAt(0))};` : `&${name};`;
}

/** What XML 1.0 can hold at all, by reference or as it is. */
export function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}
