import { namespaceOf, splitName, type XmlElement } from "../../xml/xml-element.ts";
import type { Schema } from "./compile-schema.ts";
import { Derivatives } from "./derivative.ts";
import {
  attributePatterns,
  attributesExpected,
  elementsExpected,
  required,
  valuesExpected,
} from "./expectation.ts";
import type { Name, Pattern } from "./pattern.ts";
import { type Range, startTag } from "./start-tag.ts";

/** The first thing that the schema does not allow. `found` and `expected`: for a suggestion. */
export interface SchemaProblem {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly found: string;
  readonly expected: readonly string[];
}

/** `text` is what `root` was read from. null: valid. */
export function validate(schema: Schema, root: XmlElement, text: string): SchemaProblem | null {
  try {
    new Validation(schema, text).element(schema.start, root, []);
    return null;
  } catch (error) {
    if (error instanceof Invalid) return error.problem;
    throw error;
  }
}

/** Thrown and caught in here: the first problem ends the validation. */
class Invalid extends Error {
  readonly problem: SchemaProblem;
  constructor(problem: SchemaProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

class Validation {
  readonly #text: string;
  readonly #derivatives: Derivatives;

  constructor(schema: Schema, text: string) {
    this.#text = text;
    this.#derivatives = new Derivatives(schema.patterns);
  }

  /** What is asked for after the element. */
  element(p: Pattern, of: XmlElement, outer: readonly XmlElement[]): Pattern {
    const within = [...outer, of];
    const tag = startTag(this.#text, of.start ?? 0);
    const opened = this.#derivatives.open(p, nameOf(of.name, within));
    if (opened.kind === "notAllowed") {
      const parent = outer.at(-1);
      const where = parent === undefined ? "" : ` in <${parent.name}>`;
      this.#fail(tag.name, `there can be no <${of.name}>${where} here`, of.name, elementsExpected(p));
    }
    const closed = this.#attributes(opened, of, within, tag);
    const content = this.#content(closed, of, within, tag);
    const after = this.#derivatives.end(content);
    if (after.kind !== "notAllowed") return after;
    const expected = firstOf(required("element", content), elementsExpected(content));
    this.#fail(tag.name, `<${of.name}> lacks ${alternatives(expected)}`, "", expected);
  }

  #attributes(
    opened: Pattern,
    of: XmlElement,
    within: readonly XmlElement[],
    tag: ReturnType<typeof startTag>,
  ): Pattern {
    let rest = opened;
    for (const [key, value] of of.attributes) {
      if (key === "xmlns" || key.startsWith("xmlns:")) continue;
      const name = attributeName(key, within);
      const next = this.#derivatives.attribute(rest, name, value);
      if (next.kind === "notAllowed") this.#failAttribute(rest, name, key, value, tag);
      rest = next;
    }
    const closed = this.#derivatives.close(rest);
    if (closed.kind !== "notAllowed") return closed;
    const missing = firstOf(required("attribute", rest), attributesExpected(rest));
    this.#fail(tag.name, `<${of.name}> lacks the attribute ${alternatives(missing)}`, "", missing);
  }

  #failAttribute(
    p: Pattern,
    name: Name,
    key: string,
    value: string,
    { element, attributes }: ReturnType<typeof startTag>,
  ): never {
    const places = attributes.get(key);
    const values = attributePatterns(p, name);
    if (values.length > 0) {
      const possible = valuesExpected(values);
      this.#fail(places?.value, `${key} of <${element}> cannot be ${quoted(value)}`, value, possible);
    }
    const message = `<${element}> has no attribute ${key}${of(this.#beside(attributes, key))}`;
    this.#fail(places?.name, message, key, attributesExpected(p));
  }

  /** The first attribute, where it is another: it may be what rules this one out (`type='block'`). */
  #beside(attributes: ReadonlyMap<string, { readonly value: Range }>, key: string): string | null {
    const type = attributes.get("type");
    return type === undefined || key === "type" ? null : this.#text.slice(...type.value);
  }

  #content(
    closed: Pattern,
    of: XmlElement,
    within: readonly XmlElement[],
    tag: ReturnType<typeof startTag>,
  ): Pattern {
    const texts = of.children.filter((one) => typeof one === "string");
    const elements = of.children.filter((one) => typeof one !== "string");
    if (elements.length === 0) return this.#value(closed, of, texts.join(""), tag);
    let rest = closed;
    for (const one of of.children) {
      if (typeof one !== "string") rest = this.element(rest, one, within);
      else if (one.trim() !== "") rest = this.#value(rest, of, one, tag);
    }
    return rest;
  }

  /** Text that is only space may be left out where an element asks for none. */
  #value(p: Pattern, of: XmlElement, text: string, tag: ReturnType<typeof startTag>): Pattern {
    const next = this.#derivatives.text(p, text);
    if (text.trim() === "") {
      const without = this.#derivatives.end(p).kind !== "notAllowed";
      return without || next.kind === "notAllowed" ? p : next;
    }
    if (next.kind !== "notAllowed") return next;
    const start = tag.end + this.#text.slice(tag.end).search(/\S/);
    const length = Math.max(1, text.trim().length);
    const expected = valuesExpected([p]);
    const message =
      elementsExpected(p).length > 0 && expected.length === 0
        ? `there can be no text in <${of.name}>`
        : `<${of.name}> cannot be ${quoted(text.trim())}`;
    this.#fail([start, start + length], message, text.trim(), expected);
  }

  #fail(range: Range | undefined, message: string, found: string, expected: readonly string[]): never {
    const [start, end] = range ?? [0, 1];
    throw new Invalid({ start, end, message, found, expected });
  }
}

function nameOf(written: string, within: readonly XmlElement[]): Name {
  return { namespace: namespaceOf(written, within) ?? "", local: splitName(written).local };
}

/** An attribute without a prefix is in no namespace, whatever its element is in. */
function attributeName(written: string, within: readonly XmlElement[]): Name {
  return written.includes(":") ? nameOf(written, within) : { namespace: "", local: written };
}

function firstOf(required: readonly string[], possible: readonly string[]): readonly string[] {
  return required.length > 0 ? required : possible;
}

function alternatives(names: readonly string[]): string {
  if (names.length === 0) return "something";
  const shown = names.slice(0, 6).join(", ");
  return names.length > 6 ? `${shown} or others` : shown;
}

function of(type: string | null): string {
  return type === null ? "" : ` where its type is ${type}`;
}

function quoted(value: string): string {
  return value.length > 40 ? `'${value.slice(0, 40)}…'` : `'${value}'`;
}
