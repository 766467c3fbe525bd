/**
 * Whether a text is well-formed XML, and where it is not. Stricter than the standard where that keeps a reader out of
 * trouble: no document type (and so no entity of one's own), and limits on depth and number.
 */
import { referenced } from "./references.ts";

/** A problem, and the offsets of what is marked. */
export interface XmlProblem {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly advice: string;
}

export const xmlLimits = { length: 1_048_576, depth: 64, elements: 20_000 } as const;

const name = String.raw`[\p{L}_][\p{L}\p{N}\p{M}_.\-]*(?::[\p{L}_][\p{L}\p{N}\p{M}_.\-]*)?`;
const openTag = new RegExp(`<(${name})`, "uy");
const closeTag = new RegExp(`</(${name})[ \\t\\r\\n]*>`, "uy");
const attributeStart = new RegExp(`([ \\t\\r\\n]+)(${name})([ \\t\\r\\n]*=[ \\t\\r\\n]*)?(["'])?`, "uy");
const tagEnd = /[ \t\r\n]*(\/?)>/y;
const illegalCharacter =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** The first problem, or null. */
export function checkXml(text: string): XmlProblem | null {
  return new Check(text).run();
}

/** Names that the parser refuses, since JavaScript gives them a meaning of their own. */
const reserved = new Set(["__proto__", "constructor", "prototype"]);

/** Thrown and caught in here: the first problem ends the check. */
class Found extends Error {
  readonly problem: XmlProblem;
  constructor(problem: XmlProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

interface OpenElement {
  readonly name: string;
  readonly at: number;
  readonly prefixes: ReadonlySet<string>;
}

class Check {
  readonly #text: string;
  readonly #open: OpenElement[] = [];
  #at = 0;
  #elements = 0;
  #hasRoot = false;

  constructor(text: string) {
    this.#text = text;
  }

  run(): XmlProblem | null {
    try {
      this.#all();
      return null;
    } catch (error) {
      if (error instanceof Found) return error.problem;
      throw error;
    }
  }

  #all(): void {
    const text = this.#text;
    if (text.length > xmlLimits.length) {
      this.#fail(0, 1, `more than ${String(xmlLimits.length)} characters`, "a domain is a few KiB of XML");
    }
    const illegal = illegalCharacter.exec(text);
    if (illegal !== null) {
      this.#fail(illegal.index, illegal.index + 1, "a character that XML cannot hold", "remove it");
    }
    if (text.startsWith("\ufeff")) this.#at = 1;
    while (this.#at < text.length) {
      this.#characters();
      if (this.#at < text.length) this.#markup();
    }
    const unclosed = this.#open.at(-1);
    if (unclosed !== undefined) {
      const end = unclosed.at + unclosed.name.length + 1;
      this.#fail(unclosed.at, end, `<${unclosed.name}> is never closed`, `add </${unclosed.name}>`);
    }
    if (!this.#hasRoot) this.#fail(0, 1, "there is no element", "write <domain>…</domain>");
  }

  /** Up to the next `<`. */
  #characters(): void {
    const next = this.#text.indexOf("<", this.#at);
    const end = next === -1 ? this.#text.length : next;
    const piece = this.#text.slice(this.#at, end);
    const stray = this.#open.length === 0 ? /[^ \t\r\n]/.exec(piece) : null;
    if (stray !== null) {
      const where = this.#hasRoot ? "after" : "before";
      this.#fail(this.#at + stray.index, end, `text ${where} the only element`, "remove it");
    }
    this.#references(piece, this.#at);
    const bracket = piece.indexOf("]]>");
    if (bracket !== -1) {
      const start = this.#at + bracket;
      this.#fail(start, start + 3, "]]> where nothing is to be closed by it", "write ]]&gt;");
    }
    this.#at = end;
  }

  #references(piece: string, offset: number): void {
    for (let at = piece.indexOf("&"); at !== -1; at = piece.indexOf("&", at + 1)) {
      const whole = /^&[^;&<\s]{0,16};?/.exec(piece.slice(at, at + 20))?.[0] ?? "&";
      if (referenced(whole) !== null) continue;
      const isNamed = whole.endsWith(";") && whole.length > 2;
      const message = isNamed ? `${whole} stands for nothing` : "& begins a reference";
      const advice = isNamed
        ? "write the character itself; there are only &amp; &lt; &gt; &quot; &apos;"
        : "write &amp;";
      this.#fail(offset + at, offset + at + whole.length, message, advice);
    }
  }

  #markup(): void {
    const text = this.#text;
    if (text.startsWith("<!--", this.#at)) this.#comment();
    else if (text.startsWith("<![CDATA[", this.#at)) this.#characterData();
    else if (text.startsWith("<!", this.#at)) {
      this.#fail(this.#at, this.#at + 9, "a document type", "remove it; libvirt needs none");
    } else if (text.startsWith("<?", this.#at)) this.#instruction();
    else if (text.startsWith("</", this.#at)) this.#close();
    else this.#openElement();
  }

  #comment(): void {
    const end = this.#text.indexOf("--", this.#at + 4);
    if (end === -1) this.#fail(this.#at, this.#at + 4, "a comment is never closed", "end it with -->");
    if (this.#text[end + 2] !== ">") this.#fail(end, end + 2, "-- within a comment", "end it with -->");
    this.#at = end + 3;
  }

  #characterData(): void {
    const end = this.#text.indexOf("]]>", this.#at);
    if (this.#open.length === 0) {
      this.#fail(this.#at, this.#at + 9, "text outside of the only element", "remove it");
    }
    if (end === -1) this.#fail(this.#at, this.#at + 9, "a CDATA section is never closed", "end it with ]]>");
    this.#at = end + 3;
  }

  #instruction(): void {
    const end = this.#text.indexOf("?>", this.#at);
    if (end === -1) this.#fail(this.#at, this.#at + 2, "<? is never closed", "end it with ?>");
    const isDeclaration = /^<\?xml\s/i.test(this.#text.slice(this.#at, this.#at + 6));
    if (isDeclaration && this.#at > 0 && !(this.#at === 1 && this.#text.startsWith("\ufeff"))) {
      this.#fail(this.#at, this.#at + 5, "an XML declaration that is not at the beginning", "remove it");
    }
    this.#at = end + 2;
  }

  #close(): void {
    const match = this.#match(closeTag);
    const open = this.#open.at(-1);
    const end = this.#at + (match?.[0].length ?? 2);
    if (match === null)
      this.#fail(this.#at, end, "a closing tag without a name, or without its >", "write </name>");
    const closed = match[1] ?? "";
    if (open === undefined) this.#fail(this.#at, end, `</${closed}> closes nothing`, "remove it");
    if (open.name !== closed) {
      const line = this.#text.slice(0, open.at).split("\n").length;
      const message = `</${closed}> where <${open.name}> of line ${String(line)} is to be closed`;
      this.#fail(this.#at, end, message, `write </${open.name}>`);
    }
    this.#open.pop();
    this.#at = end;
  }

  #openElement(): void {
    const at = this.#at;
    const match = this.#match(openTag);
    if (match === null) this.#fail(at, at + 1, "< begins a tag", "write &lt; for the character");
    const opened = match[1] ?? "";
    if (this.#open.length === 0 && this.#hasRoot) {
      this.#fail(at, at + match[0].length, "a second element beside the first", "keep one <domain>");
    }
    this.#count(at, match[0].length);
    this.#at += match[0].length;
    const attributes = this.#attributes(opened);
    const end = this.#match(tagEnd);
    if (end === null) {
      const before = opened === "" ? "the tag" : `<${opened}`;
      this.#fail(this.#at, this.#at + 1, `${before} is not ended by >`, "write name='value' pairs, then >");
    }
    const prefixes = this.#prefixes(attributes);
    this.#checkNames([[opened, at + 1], ...attributes], prefixes);
    this.#hasRoot = true;
    this.#at += end[0].length;
    if (end[1] !== "/") this.#open.push({ name: opened, at, prefixes });
  }

  #count(at: number, length: number): void {
    this.#elements += 1;
    if (this.#elements > xmlLimits.elements) {
      this.#fail(at, at + length, `more than ${String(xmlLimits.elements)} elements`, "this is no domain");
    }
    if (this.#open.length >= xmlLimits.depth) {
      this.#fail(at, at + length, `nested deeper than ${String(xmlLimits.depth)}`, "this is no domain");
    }
  }

  /** Names with where they are. */
  #attributes(owner: string): readonly (readonly [string, number])[] {
    const found = new Map<string, number>();
    for (;;) {
      const match = this.#match(attributeStart);
      if (match === null) return [...found];
      const [whole, space = "", key = "", equals, quote] = match;
      const start = this.#at + space.length;
      if (equals === undefined || quote === undefined) {
        const message = `the attribute ${key} of <${owner}> has no value in quotes`;
        this.#fail(start, start + key.length, message, `write ${key}='…'`);
      }
      if (found.has(key))
        this.#fail(start, start + key.length, `${key} is said twice`, "keep one of the two");
      const from = this.#at + whole.length;
      const end = this.#text.indexOf(quote, from);
      if (end === -1)
        this.#fail(from - 1, from, `the value of ${key} is never closed`, `end it with ${quote}`);
      this.#value(this.#text.slice(from, end), from, key, quote);
      found.set(key, start);
      this.#at = end + 1;
    }
  }

  #value(value: string, from: number, key: string, quote: string): void {
    const tag = value.indexOf("<");
    // A quote that is missing shows as a tag inside of the value.
    if (tag !== -1) {
      this.#fail(
        from - 1,
        from,
        `the value of ${key} holds <: is it closed?`,
        `end it with ${quote}, or write &lt;`,
      );
    }
    this.#references(value, from);
  }

  #prefixes(attributes: readonly (readonly [string, number])[]): ReadonlySet<string> {
    const declared = attributes.flatMap(([key]) => (key.startsWith("xmlns:") ? [key.slice(6)] : []));
    const outer = this.#open.at(-1)?.prefixes ?? new Set(["xml", "xmlns"]);
    return declared.length === 0 ? outer : new Set([...outer, ...declared]);
  }

  #checkNames(names: readonly (readonly [string, number])[], known: ReadonlySet<string>): void {
    for (const [whole, at] of names) {
      if (reserved.has(whole)) {
        this.#fail(at, at + whole.length, `the name ${whole} is reserved`, "give it another name");
      }
      const colon = whole.indexOf(":");
      const prefix = whole.slice(0, Math.max(colon, 0));
      if (colon === -1 || known.has(prefix)) continue;
      const advice = `add xmlns:${prefix}='…' to <domain>${prefixAdvice(prefix)}`;
      this.#fail(at, at + whole.length, `the prefix ${prefix} is not declared`, advice);
    }
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text);
  }

  #fail(start: number, end: number, message: string, advice: string): never {
    throw new Found({ start, end, message, advice });
  }
}

function prefixAdvice(prefix: string): string {
  return prefix === "qemu" ? ": http://libvirt.org/schemas/domain/qemu/1.0" : "";
}
