/**
 * RELAX NG patterns in their simple form, as the derivative algorithm takes them (James Clark, "An algorithm for RELAX
 * NG validation"). Equal patterns are the same object, so that derivatives can be remembered.
 */
import { type Datatype } from "./datatype.ts";

export type NameClass =
  | { readonly kind: "name"; readonly namespace: string; readonly local: string }
  | { readonly kind: "any"; readonly except: NameClass | null }
  | { readonly kind: "choice"; readonly a: NameClass; readonly b: NameClass };

export interface Name {
  readonly namespace: string;
  readonly local: string;
}

export type Pattern = { readonly id: number } & (
  | { readonly kind: "empty" | "notAllowed" | "text" }
  | { readonly kind: "choice" | "interleave" | "group" | "after"; readonly a: Pattern; readonly b: Pattern }
  | { readonly kind: "oneOrMore" | "list"; readonly of: Pattern }
  | { readonly kind: "data"; readonly type: Datatype; readonly except: Pattern | null }
  | { readonly kind: "value"; readonly value: string }
  | { readonly kind: "attribute"; readonly name: NameClass; readonly of: Pattern }
  | { readonly kind: "element"; readonly name: NameClass; readonly content: () => Pattern }
);

export function contains(names: NameClass, name: Name): boolean {
  switch (names.kind) {
    case "name":
      return names.namespace === name.namespace && names.local === name.local;
    case "any":
      return names.except === null || !contains(names.except, name);
    case "choice":
      return contains(names.a, name) || contains(names.b, name);
  }
}

type Pair = "choice" | "interleave" | "group" | "after";

/** Makes patterns, in their simplest form. */
export class Patterns {
  readonly #made = new Map<string, Pattern>();
  #next = 3;
  readonly empty: Pattern = { id: 0, kind: "empty" };
  readonly notAllowed: Pattern = { id: 1, kind: "notAllowed" };
  readonly text: Pattern = { id: 2, kind: "text" };

  choice(a: Pattern, b: Pattern): Pattern {
    if (a.kind === "notAllowed" || a === b) return b;
    if (b.kind === "notAllowed") return a;
    return this.#pair("choice", a, b);
  }

  group(a: Pattern, b: Pattern): Pattern {
    return this.#sequence("group", a, b);
  }

  interleave(a: Pattern, b: Pattern): Pattern {
    return this.#sequence("interleave", a, b);
  }

  after(a: Pattern, b: Pattern): Pattern {
    return a.kind === "notAllowed" || b.kind === "notAllowed" ? this.notAllowed : this.#pair("after", a, b);
  }

  oneOrMore(of: Pattern): Pattern {
    if (of.kind === "notAllowed" || of.kind === "empty") return of;
    return this.#once(`oneOrMore ${String(of.id)}`, (id) => ({ id, kind: "oneOrMore", of }));
  }

  optional(of: Pattern): Pattern {
    return this.choice(this.empty, of);
  }

  list(of: Pattern): Pattern {
    return this.#once(`list ${String(of.id)}`, (id) => ({ id, kind: "list", of }));
  }

  value(value: string): Pattern {
    return this.#once(`value ${value}`, (id) => ({ id, kind: "value", value }));
  }

  data(type: Datatype, except: Pattern | null): Pattern {
    return { id: this.#next++, kind: "data", type, except };
  }

  attribute(name: NameClass, of: Pattern): Pattern {
    return of.kind === "notAllowed" ? of : { id: this.#next++, kind: "attribute", name, of };
  }

  element(name: NameClass, content: () => Pattern): Pattern {
    return { id: this.#next++, kind: "element", name, content };
  }

  #sequence(kind: "group" | "interleave", a: Pattern, b: Pattern): Pattern {
    if (a.kind === "notAllowed" || b.kind === "notAllowed") return this.notAllowed;
    if (a.kind === "empty") return b;
    if (b.kind === "empty") return a;
    return this.#pair(kind, a, b);
  }

  #pair(kind: Pair, a: Pattern, b: Pattern): Pattern {
    return this.#once(`${kind} ${String(a.id)} ${String(b.id)}`, (id) => ({ id, kind, a, b }));
  }

  #once(key: string, make: (id: number) => Pattern): Pattern {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = make(this.#next++);
    this.#made.set(key, made);
    return made;
  }
}
