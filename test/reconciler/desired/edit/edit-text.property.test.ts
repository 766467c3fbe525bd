import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";

import {
  appendDocument,
  patchDocument,
  removeDocument,
} from "../../../../reconciler/desired/edit/edit-text.ts";
import { applyMergePatch } from "../../../../reconciler/desired/edit/merge-patch.ts";
import { readYaml } from "../../../../reconciler/desired/yaml/read-yaml.ts";
import { jsonArbitrary, writeDocument, type WrittenDocument } from "./written-document.ts";

const names = ["first", "second", "third"];
const valueOf = (document: WrittenDocument) =>
  Object.fromEntries(document.fields.map(({ key, value }) => [key, value]));
const valuesIn = (text: string | null) => readYaml(text ?? "").map(({ value }) => value);

/** Which of the fields a patch does not speak of; the keys it speaks of may be new ones. */
const patchArbitrary = fc.dictionary(
  fc.constantFrom("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta"),
  fc.oneof(fc.constant(null), jsonArbitrary),
  { minKeys: 1, maxKeys: 3, noNullPrototype: true },
);

/** Fails unless the pieces are in the text, each after the one before. */
function assertInOrder(text: string, pieces: readonly string[]): void {
  let at = 0;
  for (const piece of pieces) {
    const found = text.indexOf(piece, at);
    assert.notEqual(found, -1, `${JSON.stringify(piece)} is not there any more`);
    at = found + piece.length;
  }
}

describe("any patch of any text", () => {
  it("is made, says what was asked for, and keeps every byte of what it does not speak of", () => {
    fc.assert(
      fc.property(fc.gen(), patchArbitrary, fc.constantFrom(...names), (random, patch, name) => {
        const documents = names.map((each) => writeDocument(each, random));
        const text = documents.map((document) => document.text).join("---\n");
        const edited = patchDocument(text, `VM/${name}`, patch);
        assert.ok(edited.ok, JSON.stringify(edited));
        const wanted = documents
          .map(valueOf)
          .map((value) => (value["name"] === name ? applyMergePatch(value, patch) : value));
        assert.deepEqual(valuesIn(edited.text), wanted);
        const untouched = documents.flatMap((document, index) =>
          document.fields.filter(({ key }) => names[index] !== name || !Object.hasOwn(patch, key)),
        );
        assertInOrder(
          edited.text ?? "",
          untouched.map((field) => field.text),
        );
      }),
      { numRuns: 300 },
    );
  });

  it("that sets what is there already changes no byte", () => {
    fc.assert(
      fc.property(fc.gen(), (random) => {
        const document = writeDocument("first", random);
        const edited = patchDocument(document.text, "VM/first", valueOf(document));
        assert.deepEqual(edited, { ok: true, text: document.text });
      }),
    );
  });

  it("is undone by the opposite patch, but for its place", () => {
    fc.assert(
      fc.property(fc.gen(), jsonArbitrary, (random, value) => {
        const document = writeDocument("first", random);
        const added = patchDocument(document.text, "VM/first", { eta: value });
        assert.ok(added.ok && added.text !== null);
        assert.deepEqual(patchDocument(added.text, "VM/first", { eta: null }), {
          ok: true,
          text: document.text,
        });
      }),
    );
  });
});

describe("any document", () => {
  it("is removed without a trace in the others", () => {
    fc.assert(
      fc.property(fc.gen(), fc.constantFrom(...names), (random, name) => {
        const documents = names.map((each) => writeDocument(each, random));
        const edited = removeDocument(documents.map((document) => document.text).join("---\n"), `VM/${name}`);
        const rest = documents.filter((_, index) => names[index] !== name);
        assert.deepEqual(edited, { ok: true, text: rest.map((document) => document.text).join("---\n") });
      }),
    );
  });

  it("is added below the others, and removed again, byte for byte", () => {
    fc.assert(
      fc.property(
        fc.gen(),
        fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), jsonArbitrary),
        (random, fields) => {
          const { text } = writeDocument("first", random);
          fc.pre(!Object.hasOwn(fields, "__proto__"));
          const added = appendDocument(text, { ...fields, kind: "VM", name: "new" });
          assert.ok(added.ok && added.text !== null, JSON.stringify(added));
          assert.ok(added.text.startsWith(text));
          assert.deepEqual(removeDocument(added.text, "VM/new"), { ok: true, text });
        },
      ),
    );
  });
});
