/** What a pattern still asks for after a piece of the document. */
import { collapsed } from "./datatype.ts";
import { contains, type Name, type Pattern, type Patterns } from "./pattern.ts";

/** Whether it asks for nothing more. */
export function isNullable(p: Pattern): boolean {
  switch (p.kind) {
    case "empty":
    case "text":
      return true;
    case "choice":
      return isNullable(p.a) || isNullable(p.b);
    case "group":
    case "interleave":
      return isNullable(p.a) && isNullable(p.b);
    case "oneOrMore":
      return isNullable(p.of);
    case "after":
    case "attribute":
    case "data":
    case "element":
    case "list":
    case "notAllowed":
    case "value":
      return false;
  }
}

type Join = (p: Pattern) => Pattern;

/** Remembers what it has worked out: a document says the same things again and again. */
export class Derivatives {
  readonly #patterns: Patterns;
  readonly #opened = new Map<string, Pattern>();
  readonly #closed = new Map<number, Pattern>();

  constructor(patterns: Patterns) {
    this.#patterns = patterns;
  }

  /** After `<name`: what the element asks for, and what comes after it. */
  open(p: Pattern, name: Name): Pattern {
    const key = `${String(p.id)} ${name.namespace} ${name.local}`;
    const known = this.#opened.get(key);
    if (known !== undefined) return known;
    const result = this.#open(p, name);
    this.#opened.set(key, result);
    return result;
  }

  #open(p: Pattern, name: Name): Pattern {
    const { choice, notAllowed } = this.#bound();
    switch (p.kind) {
      case "choice":
        return choice(this.open(p.a, name), this.open(p.b, name));
      case "element":
        return contains(p.name, name) ? this.#patterns.after(p.content(), this.#patterns.empty) : notAllowed;
      case "interleave":
        return choice(
          this.#applyAfter(this.open(p.a, name), (x) => this.#patterns.interleave(x, p.b)),
          this.#applyAfter(this.open(p.b, name), (x) => this.#patterns.interleave(p.a, x)),
        );
      case "oneOrMore":
        return this.#applyAfter(this.open(p.of, name), (x) =>
          this.#patterns.group(x, this.#patterns.optional(p)),
        );
      case "group": {
        const first = this.#applyAfter(this.open(p.a, name), (x) => this.#patterns.group(x, p.b));
        return isNullable(p.a) ? choice(first, this.open(p.b, name)) : first;
      }
      case "after":
        return this.#applyAfter(this.open(p.a, name), (x) => this.#patterns.after(x, p.b));
      case "attribute":
      case "data":
      case "empty":
      case "list":
      case "notAllowed":
      case "text":
      case "value":
        return notAllowed;
    }
  }

  #applyAfter(p: Pattern, join: Join): Pattern {
    switch (p.kind) {
      case "after":
        return this.#patterns.after(p.a, join(p.b));
      case "choice":
        return this.#patterns.choice(this.#applyAfter(p.a, join), this.#applyAfter(p.b, join));
      case "attribute":
      case "data":
      case "element":
      case "empty":
      case "group":
      case "interleave":
      case "list":
      case "notAllowed":
      case "oneOrMore":
      case "text":
      case "value":
        return this.#patterns.notAllowed;
    }
  }

  attribute(p: Pattern, name: Name, value: string): Pattern {
    const { choice, notAllowed } = this.#bound();
    const inside = (x: Pattern) => this.attribute(x, name, value);
    switch (p.kind) {
      case "after":
        return this.#patterns.after(inside(p.a), p.b);
      case "choice":
        return choice(inside(p.a), inside(p.b));
      case "group":
        return choice(this.#patterns.group(inside(p.a), p.b), this.#patterns.group(p.a, inside(p.b)));
      case "interleave":
        return choice(
          this.#patterns.interleave(inside(p.a), p.b),
          this.#patterns.interleave(p.a, inside(p.b)),
        );
      case "oneOrMore":
        return this.#patterns.group(inside(p.of), this.#patterns.optional(p));
      case "attribute":
        return contains(p.name, name) && this.#accepts(p.of, value) ? this.#patterns.empty : notAllowed;
      case "data":
      case "element":
      case "empty":
      case "list":
      case "notAllowed":
      case "text":
      case "value":
        return notAllowed;
    }
  }

  #accepts(p: Pattern, value: string): boolean {
    return (isNullable(p) && value.trim() === "") || isNullable(this.text(p, value));
  }

  /** After the `>` of a start tag: attributes that were not given are not there. */
  close(p: Pattern): Pattern {
    const known = this.#closed.get(p.id);
    if (known !== undefined) return known;
    const result = this.#close(p);
    this.#closed.set(p.id, result);
    return result;
  }

  #close(p: Pattern): Pattern {
    switch (p.kind) {
      case "after":
        return this.#patterns.after(this.close(p.a), p.b);
      case "choice":
        return this.#patterns.choice(this.close(p.a), this.close(p.b));
      case "group":
        return this.#patterns.group(this.close(p.a), this.close(p.b));
      case "interleave":
        return this.#patterns.interleave(this.close(p.a), this.close(p.b));
      case "oneOrMore":
        return this.#patterns.oneOrMore(this.close(p.of));
      case "attribute":
        return this.#patterns.notAllowed;
      case "data":
      case "element":
      case "empty":
      case "list":
      case "notAllowed":
      case "text":
      case "value":
        return p;
    }
  }

  text(p: Pattern, text: string): Pattern {
    const { choice, notAllowed } = this.#bound();
    switch (p.kind) {
      case "choice":
        return choice(this.text(p.a, text), this.text(p.b, text));
      case "interleave":
        return choice(
          this.#patterns.interleave(this.text(p.a, text), p.b),
          this.#patterns.interleave(p.a, this.text(p.b, text)),
        );
      case "group": {
        const first = this.#patterns.group(this.text(p.a, text), p.b);
        return isNullable(p.a) ? choice(first, this.text(p.b, text)) : first;
      }
      case "after":
        return this.#patterns.after(this.text(p.a, text), p.b);
      case "oneOrMore":
        return this.#patterns.group(this.text(p.of, text), this.#patterns.optional(p));
      case "text":
        return p;
      case "value":
        return p.value === collapsed(text) ? this.#patterns.empty : notAllowed;
      case "data":
        return p.type.accepts(text) && !(p.except !== null && isNullable(this.text(p.except, text)))
          ? this.#patterns.empty
          : notAllowed;
      case "list": {
        const words = text.split(/\s+/).filter((word) => word !== "");
        const left = words.reduce((rest, word) => this.text(rest, word), p.of);
        return isNullable(left) ? this.#patterns.empty : notAllowed;
      }
      case "attribute":
      case "element":
      case "empty":
      case "notAllowed":
        return notAllowed;
    }
  }

  /** After the end tag: what comes after the element, if the element asks for nothing more. */
  end(p: Pattern): Pattern {
    switch (p.kind) {
      case "choice":
        return this.#patterns.choice(this.end(p.a), this.end(p.b));
      case "after":
        return isNullable(p.a) ? p.b : this.#patterns.notAllowed;
      case "attribute":
      case "data":
      case "element":
      case "empty":
      case "group":
      case "interleave":
      case "list":
      case "notAllowed":
      case "oneOrMore":
      case "text":
      case "value":
        return this.#patterns.notAllowed;
    }
  }

  #bound(): { readonly choice: (a: Pattern, b: Pattern) => Pattern; readonly notAllowed: Pattern } {
    return { choice: (a, b) => this.#patterns.choice(a, b), notAllowed: this.#patterns.notAllowed };
  }
}
