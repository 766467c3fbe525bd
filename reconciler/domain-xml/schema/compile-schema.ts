import { readXml } from "../../xml/read-xml.ts";
import { attribute, child, elementsOf, textOf, type XmlElement } from "../../xml/xml-element.ts";
import { collapsed, datatype } from "./datatype.ts";
import { type NameClass, type Pattern, Patterns } from "./pattern.ts";

export interface Schema {
  readonly patterns: Patterns;
  readonly start: Pattern;
}

/** A RELAX NG grammar in XML, from the files that it is spread over; null: one of them is not there, or no grammar. */
export function compileSchema(href: string, read: (href: string) => string | null): Schema | null {
  const parts = grammar(href, read, 0);
  if (parts === null) return null;
  const compiler = new Compiler(parts);
  return { patterns: compiler.patterns, start: compiler.start() };
}

/** The definitions of a name, all of them alternatives of one another. */
type Definitions = Map<string, XmlElement[]>;

const startName = "*start*";
const includesDeep = 8;

function grammar(href: string, read: (href: string) => string | null, depth: number): Definitions | null {
  const text = depth > includesDeep ? null : read(href);
  const reading = text === null ? null : readXml(text);
  if (reading?.ok !== true || reading.root.name !== "grammar") return null;
  const all: Definitions = new Map();
  for (const part of elementsOf(reading.root)) {
    const found = part.name === "include" ? included(part, read, depth) : definitions([part]);
    if (found === null) return null;
    for (const [name, ones] of found) all.set(name, [...(all.get(name) ?? []), ...ones]);
  }
  return all;
}

/** What an include says anew replaces what it includes. */
function included(
  include: XmlElement,
  read: (href: string) => string | null,
  depth: number,
): Definitions | null {
  const found = grammar(attribute(include, "href") ?? "", read, depth + 1);
  return found === null ? null : new Map([...found, ...definitions(elementsOf(include))]);
}

function definitions(parts: readonly XmlElement[]): Definitions {
  return Map.groupBy(parts, definedName);
}

function definedName(part: XmlElement): string {
  return part.name === "start" ? startName : (attribute(part, "name") ?? "");
}

class Compiler {
  readonly patterns = new Patterns();
  readonly #definitions: Definitions;
  readonly #compiled = new Map<string, Pattern>();

  constructor(definitions: Definitions) {
    this.#definitions = definitions;
  }

  start(): Pattern {
    return this.#reference(startName);
  }

  /** Definitions may go round through an element, whose content is only compiled once it is needed. */
  #reference(name: string): Pattern {
    const known = this.#compiled.get(name);
    if (known !== undefined) return known;
    const definitions = this.#definitions.get(name) ?? [];
    const compiled = definitions
      .map((one) => this.#sequence(elementsOf(one), ""))
      .reduce((a, b) => this.patterns.choice(a, b), this.patterns.notAllowed);
    this.#compiled.set(name, compiled);
    return compiled;
  }

  #sequence(parts: readonly XmlElement[], namespace: string): Pattern {
    return parts
      .map((part) => this.#pattern(part, namespace))
      .reduce((a, b) => this.patterns.group(a, b), this.patterns.empty);
  }

  #pattern(of: XmlElement, outer: string): Pattern {
    const { patterns } = this;
    const namespace = attribute(of, "ns") ?? outer;
    const content = () => this.#sequence(elementsOf(of), namespace);
    switch (of.name) {
      case "element":
        return this.#element(of, namespace);
      case "attribute":
        return this.#attribute(of);
      case "choice":
        return this.#each(of, namespace, (a, b) => patterns.choice(a, b), patterns.notAllowed);
      case "interleave":
        return this.#each(of, namespace, (a, b) => patterns.interleave(a, b), patterns.empty);
      case "group":
        return content();
      case "mixed":
        return patterns.interleave(patterns.text, content());
      case "optional":
        return patterns.optional(content());
      case "zeroOrMore":
        return patterns.optional(patterns.oneOrMore(content()));
      case "oneOrMore":
        return patterns.oneOrMore(content());
      case "list":
        return patterns.list(content());
      case "ref":
        return this.#reference(attribute(of, "name") ?? "");
      case "value":
        return patterns.value(collapsed(textOf(of)));
      case "data":
        return this.#data(of, namespace);
      case "text":
        return patterns.text;
      case "empty":
        return patterns.empty;
      default:
        return patterns.notAllowed;
    }
  }

  #each(
    of: XmlElement,
    namespace: string,
    join: (a: Pattern, b: Pattern) => Pattern,
    nothing: Pattern,
  ): Pattern {
    return elementsOf(of)
      .map((part) => this.#pattern(part, namespace))
      .reduce(join, nothing);
  }

  #element(of: XmlElement, namespace: string): Pattern {
    const { names, rest } = named(of, namespace);
    let content: Pattern | undefined = undefined;
    return this.patterns.element(names, () => (content ??= this.#sequence(rest, namespace)));
  }

  #attribute(of: XmlElement): Pattern {
    const { names, rest } = named(of, attribute(of, "ns") ?? "");
    return this.patterns.attribute(names, rest.length === 0 ? this.patterns.text : this.#sequence(rest, ""));
  }

  #data(of: XmlElement, namespace: string): Pattern {
    const parameters = elementsOf(of)
      .filter(({ name }) => name === "param")
      .map((one) => [attribute(one, "name") ?? "", textOf(one)] as const);
    const except = child(of, "except");
    const excluded =
      except === undefined
        ? null
        : this.#each(except, namespace, (a, b) => this.patterns.choice(a, b), this.patterns.notAllowed);
    return this.patterns.data(datatype(attribute(of, "type") ?? "", parameters), excluded);
  }
}

/** The names of an element or attribute, and what is left of it. */
function named(
  of: XmlElement,
  namespace: string,
): { readonly names: NameClass; readonly rest: readonly XmlElement[] } {
  const written = attribute(of, "name");
  const parts = elementsOf(of);
  if (written !== null) return { names: { kind: "name", namespace, local: written.trim() }, rest: parts };
  const [first, ...rest] = parts;
  return { names: first === undefined ? { kind: "any", except: null } : nameClass(first, namespace), rest };
}

function nameClass(of: XmlElement, outer: string): NameClass {
  const namespace = attribute(of, "ns") ?? outer;
  const inside = elementsOf(of).map((one) => nameClass(one, namespace));
  switch (of.name) {
    case "name":
      return { kind: "name", namespace, local: textOf(of).trim() };
    case "choice":
    case "except":
      return inside.reduce((a, b) => ({ kind: "choice", a, b }));
    default:
      return { kind: "any", except: inside[0] ?? null };
  }
}
