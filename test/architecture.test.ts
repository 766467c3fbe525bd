import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { StepKind } from "../reconciler/model/step.ts";
import { findViolations, type Room } from "./support/architecture.ts";
import { readCode } from "./support/sources.ts";

const model = "reconciler/model";
const runtime = "reconciler/runtime";
const plan = "reconciler/plan";
const xml = "reconciler/xml";
const domainXml = "reconciler/domain-xml";
const store = "reconciler/store";
const schema = "reconciler/desired/schema";
const desired = "reconciler/desired";
const control = "reconciler/control";
const bmc = "reconciler/control/fence/bmc";
const api = "reconciler/api";

/** Imports point one way: a room may import itself and what its row names, nothing else. */
const rooms: readonly Room[] = [
  { name: model, imports: [], packages: [] },
  { name: plan, imports: [model], packages: [] },
  { name: xml, imports: [], packages: ["fast-xml-parser", "fast-xml-builder"] },
  { name: domainXml, imports: [xml], packages: ["node:*"] },
  { name: runtime, imports: [model], packages: ["node:*", "pino"] },
  {
    name: store,
    imports: [model, runtime],
    packages: ["node:*", "etcd3", "@grpc/grpc-js", "@grpc/proto-loader"],
  },
  { name: schema, imports: [model, desired], packages: ["typebox", "ajv"] },
  {
    name: desired,
    imports: [model, runtime, schema, xml, domainXml],
    packages: ["node:*", "yaml", "ajv", "chokidar"],
  },
  {
    name: control,
    imports: [model, runtime, plan, store, desired, schema, xml, domainXml],
    packages: ["node:*", "pino"],
  },
  { name: bmc, imports: [model, desired, control, xml], packages: ["node:*"] },
  {
    name: api,
    imports: [model, runtime, store, desired, schema, control],
    packages: ["node:*", "fastify", "typebox", "ajv"],
  },
  {
    name: "agent",
    imports: [model, runtime, store, xml, domainXml, "agent/libvirt"],
    packages: ["node:*", "pino"],
  },
  // Fit to be a package of its own: it knows nothing of Evenkeel.
  { name: "agent/libvirt", imports: [], packages: ["node:*"] },
  {
    name: "simulator",
    imports: [model, runtime, plan, store, desired, control, "agent"],
    packages: ["yaml", "node:process"],
  },
  { name: "tui", imports: [model], packages: ["react", "ink", "node:events", "node:process", "node:tty"] },
  {
    name: "cli",
    imports: [
      model,
      runtime,
      plan,
      store,
      desired,
      schema,
      xml,
      domainXml,
      control,
      bmc,
      api,
      "agent",
      "simulator",
      "tui",
    ],
    packages: ["node:*", "commander", "ink", "react", "pino", "yaml"],
  },
  {
    name: "scripts",
    imports: [model, schema, api, "simulator", "cli", "test"],
    packages: ["node:*", "eslint"],
  },
  { name: "bench", imports: "*", packages: ["node:*", "react", "ink"] },
  { name: "test", imports: "*", packages: "*" },
];

const stepKinds: Readonly<Record<StepKind, true>> = {
  start: true,
  stop: true,
  restart: true,
  update: true,
  migrate: true,
  destroy: true,
  rename: true,
  adopt: true,
};

const rules = { rooms, stepKinds: Object.keys(stepKinds), stepBuilders: [plan, "test"] };

describe("the architecture", () => {
  it("is as the table says", () => {
    assert.deepEqual(findViolations(readCode(), rules), []);
  });
});

describe("findViolations", () => {
  const found = (path: string, text: string) => findViolations([{ path, text }], rules);

  it("refuses an import against the direction, of types too", () => {
    const violation = ["reconciler/model/a.ts: reconciler/model may not import ../plan/b.ts"];
    assert.deepEqual(found("reconciler/model/a.ts", `import { b } from "../plan/b.ts";`), violation);
    assert.deepEqual(found("reconciler/model/a.ts", `import type { B } from "../plan/b.ts";`), violation);
    assert.deepEqual(found("reconciler/model/a.ts", `export * from "../plan/b.ts";`), violation);
    assert.deepEqual(found("reconciler/model/a.ts", `const b = await import("../plan/b.ts");`), violation);
    assert.deepEqual(found("reconciler/model/a.ts", `type B = import("../plan/b.ts").B;`), violation);
  });

  it("lets no room import the command line", () => {
    assert.equal(found("tui/app.tsx", `import { main } from "../cli/main.ts";`).length, 1);
    assert.equal(found("agent/run.ts", `import { main } from "../cli/main.ts";`).length, 1);
    assert.equal(found("test/cli/main.test.ts", `import { main } from "../../cli/main.ts";`).length, 0);
  });

  it("keeps packages in the rooms that may use them", () => {
    assert.deepEqual(found("reconciler/plan/a.ts", `import { readFileSync } from "node:fs";`), [
      "reconciler/plan/a.ts: reconciler/plan may not use the package node:fs",
    ]);
    assert.deepEqual(found("reconciler/desired/a.ts", `import Type from "typebox";`), [
      "reconciler/desired/a.ts: reconciler/desired may not use the package typebox",
    ]);
    assert.equal(found("reconciler/desired/schema/vm.ts", `import Type from "typebox";`).length, 0);
    assert.equal(
      found("reconciler/store/etcd/a.ts", `import { x } from "@grpc/grpc-js/build/y.js";`).length,
      0,
    );
  });

  it("wants every folder in the table", () => {
    assert.deepEqual(found("lib/a.ts", ""), ["lib/a.ts: is in no room of the table"]);
  });

  it("is not misled by imports in comments and strings", () => {
    const text = `// import { b } from "../plan/b.ts";\nexport const hint = 'import { b } from "../plan/b.ts"';`;
    assert.deepEqual(found("reconciler/model/a.ts", text), []);
  });

  it("shows a cycle with all the files in it", () => {
    const files = [
      { path: "reconciler/model/a.ts", text: `import type { B } from "./b.ts";` },
      { path: "reconciler/model/b.ts", text: `import { c } from "./c.ts";` },
      { path: "reconciler/model/c.ts", text: `export { a } from "./a.ts";` },
    ];
    assert.deepEqual(findViolations(files, rules), [
      "import cycle: reconciler/model/a.ts → reconciler/model/b.ts → reconciler/model/c.ts → reconciler/model/a.ts",
    ]);
  });

  it("lets only the planner build steps", () => {
    const text = `export const step = {\n  kind: "migrate" as const,\n  "epoch": 1,\n  reason,\n};`;
    assert.deepEqual(found("reconciler/control/a.ts", text), [
      "reconciler/control/a.ts:1: builds a step of kind migrate; only the planner does",
    ]);
    assert.deepEqual(found("reconciler/plan/a.ts", text), []);
    assert.deepEqual(
      found("reconciler/control/a.ts", `export const change = { kind: "migrate", reason };`),
      [],
    );
  });
});
