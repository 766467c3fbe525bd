import fc from "fast-check";

import type { Json } from "../../../../reconciler/desired/edit/merge-patch.ts";

/** A top-level field of a document: its value, and its text with the comments that are about it. */
export interface WrittenField {
  readonly key: string;
  readonly value: Json;
  readonly text: string;
}

/** A document as somebody may have written it: any style, any spacing, comments anywhere. */
export interface WrittenDocument {
  readonly fields: readonly WrittenField[];
  readonly text: string;
}

const scalars: readonly [Scalar, ...Scalar[]] = [
  ["hv1", "hv1"],
  ["hv2", "'hv2'"],
  ["two words", "two words"],
  ["it's", '"it\'s"'],
  ["on", '"on"'],
  ["4GiB", "4GiB"],
  ["a # b", '"a # b"'],
  [1, "1"],
  [-2.5, "-2.5"],
  [true, "true"],
  [false, "false"],
];
type Scalar = readonly [Json, string];

const keys = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"];

/** Values that a patch may set. */
export const jsonArbitrary: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(...scalars.map(([value]) => value)),
    fc.array(tie("json"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keys), tie("json"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).json;

/** The document named `name`; all randomness comes from `random`. */
export function writeDocument(name: string, random: fc.GeneratorValue): WrittenDocument {
  const writer = new Writer((count) => random(fc.nat, count - 1));
  const chosen = random(fc.shuffledSubarray, keys);
  const fields = [
    { key: "kind", value: "VM", text: "kind: VM\n" },
    { key: "name", value: name, text: `name: ${name}\n` },
    ...chosen.map((key) => writer.field(key)),
  ];
  return { fields, text: fields.map((field) => field.text).join("") };
}

type Style = "scalar" | "flow" | "block-list" | "block-map" | "literal";

class Writer {
  readonly #roll: (sides: number) => number;

  constructor(roll: (sides: number) => number) {
    this.#roll = roll;
  }

  field(key: string): WrittenField {
    const above = this.#pick("", "", `# about ${key}\n`, `\n# about ${key}\n#   and more\n`, "\n");
    const [value, text] = this.#value(0, 2);
    return { key, value, text: `${above}${key}:${text}` };
  }

  /** What stands behind the colon, up to the end of its last line. */
  #value(indent: number, depth: number): readonly [Json, string] {
    const style =
      depth === 0 ? "scalar" : this.#pick<Style>("scalar", "flow", "block-list", "block-map", "literal");
    switch (style) {
      case "block-list":
        return this.#blockList(indent, depth);
      case "block-map":
        return this.#blockMap(indent, depth);
      case "literal": {
        const inner = " ".repeat(indent + 2);
        return ["one\ntwo\n", ` |${this.#comment()}\n${inner}one\n${inner}two\n`];
      }
      case "scalar":
      case "flow": {
        const [value, text] = style === "flow" ? this.#flow(depth) : this.#pick(...scalars);
        return [value, `${this.#pick(" ", "  ")}${text}${this.#comment()}\n`];
      }
    }
  }

  #flow(depth: number): readonly [Json, string] {
    const [open, close] = this.#pick<readonly [string, string]>(["", ""], [" ", " "]);
    const comma = this.#pick(",", ", ", " , ");
    const entries = this.#pick<readonly string[]>(
      [],
      ["alpha"],
      ["alpha", "beta"],
      ["alpha", "beta", "gamma"],
    ).map((key) => {
      const isNested = depth > 1 && this.#pick(true, false, false);
      return { key, entry: isNested ? this.#flow(depth - 1) : this.#pick(...scalars) };
    });
    if (this.#pick(true, false)) {
      const items = entries.map(({ entry }) => entry);
      return [items.map(([value]) => value), `[${open}${items.map(([, text]) => text).join(comma)}${close}]`];
    }
    const value = Object.fromEntries(entries.map(({ key, entry }) => [key, entry[0]]));
    return [value, `{${open}${entries.map(({ key, entry }) => `${key}: ${entry[1]}`).join(comma)}${close}}`];
  }

  #blockList(indent: number, depth: number): readonly [Json, string] {
    const inner = indent + this.#pick(2, 4);
    const items = this.#pick<readonly number[]>([0], [0, 1], [0, 1, 2]).map(() => this.#item(inner, depth));
    const comment = this.#ownLine(inner);
    return [
      items.map(([value]) => value),
      `${this.#comment()}\n${comment}${items.map(([, text]) => text).join("")}`,
    ];
  }

  #item(indent: number, depth: number): readonly [Json, string] {
    const dash = `${" ".repeat(indent)}- `;
    if (depth > 1 && this.#pick(true, false)) {
      const fields = ["alpha", "beta"].map((key) => ({ key, written: this.#value(indent + 2, 0) }));
      const text = fields.map(({ key, written }) => `${key}:${written[1]}`).join(" ".repeat(indent + 2));
      return [Object.fromEntries(fields.map(({ key, written }) => [key, written[0]])), dash + text];
    }
    const [value, text] = this.#pick(true, false) ? this.#flow(1) : this.#pick(...scalars);
    return [value, `${dash}${text}${this.#comment()}\n`];
  }

  #blockMap(indent: number, depth: number): readonly [Json, string] {
    const inner = indent + this.#pick(2, 3);
    const chosen = this.#pick<readonly string[]>(["alpha"], ["alpha", "beta"], ["beta", "gamma", "alpha"]);
    const fields = chosen.map((key) => ({ key, written: this.#value(inner, depth - 1) }));
    const text = fields.map(
      ({ key, written }) => `${this.#ownLine(inner)}${" ".repeat(inner)}${key}:${written[1]}`,
    );
    return [
      Object.fromEntries(fields.map(({ key, written }) => [key, written[0]])),
      `${this.#comment()}\n${text.join("")}`,
    ];
  }

  #comment(): string {
    return this.#pick("", "", " # note", "   # note: with, [signs}");
  }

  #ownLine(indent: number): string {
    return this.#pick("", "", "", `${" ".repeat(indent)}# a line of its own\n`);
  }

  #pick<T>(...choices: readonly [T, ...T[]]): T {
    return choices[this.#roll(choices.length)] ?? choices[0];
  }
}
