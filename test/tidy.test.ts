import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { errorCatalogue } from "../reconciler/model/errors.ts";
import { reasonTable } from "../reconciler/model/reasons.ts";
import { readCode, readSources, type SourceFile } from "./support/sources.ts";
import {
  deadReferences,
  emptyNames,
  heldBackTests,
  leftovers,
  missingReadmes,
  strayTests,
  tracesOfTheWorkshop,
  unendedText,
  untidyName,
  unusedCodes,
} from "./support/tidy.ts";

/** The rules and their examples say what the rules look for. */
const ownWords = ["test/tidy.test.ts", "test/support/tidy.ts"];

/** Codes of catalogues that nothing gives out yet. The list only gets shorter. */
const unusedReasons: readonly string[] = [];
const unusedErrors: readonly string[] = [];

const code = readCode();
const texts = [
  ...readSources(
    "**/*.{md,json,yaml,yml,sh,txt,js}",
    ".ci/*",
    ".editorconfig",
    ".gitignore",
    "keel",
    "LICENSE",
  ),
  ...code,
].filter(({ path }) => !ownWords.includes(path) && !/^test\/(?:broken|edited)\//.test(path));

describe("the tree", () => {
  const holds = (files: readonly SourceFile[], rule: (file: SourceFile) => readonly string[]) => {
    assert.deepEqual(files.flatMap(rule), []);
  };

  it("names files and folders in kebab-case", () => {
    holds(code, untidyName);
  });

  it("has no names that say nothing", () => {
    holds(code, emptyNames);
  });

  it("has no notes to oneself, and switches no rule off without a reason", () => {
    holds(texts, leftovers);
  });

  it("says nothing of the workshop", () => {
    holds(texts, tracesOfTheWorkshop);
  });

  it("refers only to documents that are there", () => {
    const paths = texts.map(({ path }) => path);
    holds(
      code.filter(({ path }) => !ownWords.includes(path)),
      (file) => deadReferences(file, paths),
    );
  });

  it("ends every text with one newline", () => {
    holds(texts, unendedText);
  });

  it("runs every test", () => {
    holds(
      code.filter(({ path }) => path.startsWith("test/")),
      heldBackTests,
    );
  });

  it("has its tests where their sources are", () => {
    assert.deepEqual(strayTests(code.map(({ path }) => path)), []);
  });

  it("introduces each room", () => {
    assert.deepEqual(missingReadmes([...code, ...texts]), []);
  });

  it("gives out every reason and error that it lists", () => {
    const catalogues = ["reconciler/model/reasons.ts", "reconciler/model/errors.ts"];
    const product = code.filter(({ path }) => !path.startsWith("test/") && !catalogues.includes(path));
    assert.deepEqual(unusedCodes(Object.keys(reasonTable), product, unusedReasons), []);
    assert.deepEqual(unusedCodes(Object.keys(errorCatalogue), product, unusedErrors), []);
  });
});

describe("the rules", () => {
  const at = (path: string, text = "") => ({ path, text });

  it("see names in other cases", () => {
    assert.equal(untidyName(at("agent/stepRunner.ts")).length, 1);
    assert.equal(untidyName(at("tui/Screens/vms.tsx")).length, 1);
    assert.equal(untidyName(at("test/tui/vm-list.property.test.tsx")).length, 0);
  });

  it("see names that say nothing, in any part of a name", () => {
    assert.equal(emptyNames(at("agent/utils.ts")).length, 1);
    assert.equal(emptyNames(at("agent/a.ts", "class LeaseManager {}")).length, 1);
    assert.equal(emptyNames(at("agent/a.ts", "function nodeInfo(dateHelper: Date) {}")).length, 2);
    assert.equal(emptyNames(at("agent/a.ts", "interface Logger { info(line: string): void }")).length, 0);
    assert.equal(emptyNames(at("agent/a.ts", "const information = managed;")).length, 0);
  });

  it("see notes and silent exceptions", () => {
    assert.equal(leftovers(at("a.ts", "// TODO: later")).length, 1);
    assert.equal(leftovers(at("a.ts", "// eslint-disable-next-line no-console")).length, 1);
    assert.equal(leftovers(at("a.ts", "// eslint-disable-next-line no-console -- the last words")).length, 0);
  });

  it("see folders of one machine, and leave paths in URLs and tests alone", () => {
    assert.equal(tracesOfTheWorkshop(at("a.sh", "cd /root/keel")).length, 1);
    assert.equal(
      tracesOfTheWorkshop(at("a.md", "see https://example.org/work/it and pool/root/x")).length,
      0,
    );
    assert.equal(tracesOfTheWorkshop(at("test/a.test.ts", '"/tmp/x"')).length, 0);
    assert.equal(tracesOfTheWorkshop(at("docs/a.md", "in the sandbox")).length, 1);
  });

  it("see references to documents that are not there", () => {
    const source = at("a.ts", "// see docs/safety.md and docs/gone.md, section 3");
    assert.deepEqual(deadReferences(source, ["docs/safety.md"]), [
      "a.ts: refers to docs/gone.md, which is not there",
    ]);
  });

  it("see tests that are held back", () => {
    assert.equal(heldBackTests(at("test/a.test.ts", 'it.only("x", () => {})')).length, 1);
    assert.equal(heldBackTests(at("test/a.test.ts", 'it("x", { skip: true }, () => {})')).length, 1);
    assert.equal(heldBackTests(at("test/a.test.ts", 'it("skip", () => {})')).length, 0);
  });

  it("see tests without a source", () => {
    const sources = ["agent/steps/start.ts", "tui/app.tsx"];
    assert.deepEqual(
      strayTests([
        ...sources,
        "test/agent/steps/start.test.ts",
        "test/agent/steps/start.property.test.ts",
        "test/agent/steps/start.two-nodes.test.ts",
        "test/agent/steps.test.ts",
        "test/tui/app.test.tsx",
        "test/real/etcd.test.ts",
        "test/tidy.test.ts",
      ]),
      [],
    );
    assert.equal(strayTests([...sources, "test/agent/start.test.ts"]).length, 1);
    assert.equal(strayTests([...sources, "test/real.test.ts"]).length, 1);
  });

  it("see rooms without an introduction, or with too long a one", () => {
    const files = [at("tui/app.tsx"), at("reconciler/plan/a.ts"), at("reconciler/README.md", "a\n")];
    assert.deepEqual(missingReadmes([...files, at("tui/README.md", "a\n".repeat(41))]), [
      "reconciler/plan: has no README.md",
      "tui/README.md: has 41 lines; 40 are enough to introduce a room",
    ]);
  });

  it("see text without an end, and with too much of one", () => {
    assert.equal(unendedText(at("a.ts", "x")).length, 1);
    assert.equal(unendedText(at("a.ts", "x\n\n")).length, 1);
    assert.equal(unendedText(at("a.ts", "x\n")).length, 0);
  });

  it("see codes that nothing gives out, and lists that are out of date", () => {
    const sources = [at("a.ts", 'reason("used-code")')];
    assert.deepEqual(unusedCodes(["used-code", "spare", "known"], sources, ["known"]), [
      "spare: is never used",
    ]);
    assert.equal(unusedCodes(["used-code"], sources, ["used-code"]).length, 1);
    assert.equal(unusedCodes([], sources, ["gone"]).length, 1);
  });
});
