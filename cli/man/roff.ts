/** The few requests of roff, by the macros of man(7), that a manual needs. Text is escaped here and nowhere else. */

/** The head of a page, with its name and what it is about. */
export function titled(name: string, about: string): string {
  const sentence = about.replace(/\.$/, "");
  return [
    '.\\" Made from the program by `npm run docs`.',
    `.TH ${quoted(name.toUpperCase())} 1 "" "Evenkeel" "Evenkeel manual"`,
    ".SH NAME",
    `${escaped(name)} \\- ${escaped(sentence.charAt(0).toLowerCase() + sentence.slice(1))}`,
    "",
  ].join("\n");
}

/** Nothing, where there is nothing in it. */
export function section(title: string, entries: readonly string[]): string {
  return entries.length === 0 ? "" : `.SH ${quoted(title)}\n${begun(entries)}`;
}

export function subsection(title: string, entries: readonly string[]): string {
  return `.SS ${quoted(title)}\n${begun(entries)}`;
}

/** A heading begins a paragraph by itself. */
function begun(entries: readonly string[]): string {
  return entries.join("").replace(/^\.PP\n/, "");
}

/** Lines that stay lines. */
export function lines(set: readonly string[]): string {
  return `${set.join("\n.br\n")}\n`;
}

export function paragraph(text: string): string {
  return `.PP\n${escaped(text)}\n`;
}

/** A word that is already set, and below it, indented, what it means. */
export function named(set: string, meaning: string): string {
  return `.TP\n${set}\n${escaped(meaning)}\n`;
}

export function bold(text: string): string {
  return `\\fB${escaped(text)}\\fR`;
}

export function italic(text: string): string {
  return `\\fI${escaped(text)}\\fR`;
}

/** `vms...`, in brackets where it may be left out. */
export function argument(
  name: string,
  { required, variadic }: { readonly required: boolean; readonly variadic: boolean },
): string {
  const set = italic(name) + (variadic ? "..." : "");
  return required ? set : `[${set}]`;
}

/** Nothing in it is taken for a request or an escape; a hyphen stays one that can be copied. */
export function escaped(text: string): string {
  const safe = text.replaceAll("\\", "\\e").replaceAll("-", "\\-");
  return /^[.']/.test(safe) ? `\\&${safe}` : safe;
}

function quoted(text: string): string {
  return `"${escaped(text).replaceAll('"', "\\(dq")}"`;
}
