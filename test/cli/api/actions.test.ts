import assert from "node:assert/strict";
import { chmod, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Changed, SavedPlan } from "../../../reconciler/api/ports.ts";
import { ApiBench, type Reply } from "../api-bench.ts";
import { dbYaml, webYaml } from "../documents.ts";
import { appliedBench, fileOf, placementOf, vmOf } from "../verb-bench.ts";

const web9 = {
  kind: "VM",
  name: "web9",
  memory: "1GiB",
  limits: ["hv1", "hv2"],
  selector: "vms",
  autorestart: false,
};

function changedBy(reply: Reply): Changed {
  assert.ok(reply.status < 300, JSON.stringify(reply.body));
  return reply.body as Changed;
}

function codeIn({ body }: Reply): string {
  return (body as { readonly code: string }).code;
}

function detailsIn({ body }: Reply): string {
  return (body as { readonly details: readonly string[] }).details.join("\n");
}

function generation(api: ApiBench): number {
  return api.bench.cluster.feed.state.applied.head?.generation ?? 0;
}

async function madePlan(api: ApiBench, body: object = {}): Promise<SavedPlan> {
  const { status, body: plan } = await api.send("POST /api/v1/plan", { body });
  assert.equal(status, 201, JSON.stringify(plan));
  return plan as SavedPlan;
}

describe("the API defines VMs", () => {
  it("from JSON, with limits, selector and autorestart, in a file of the folder", async () => {
    await using api = await ApiBench.open();
    const reply = await api.send("POST /api/v1/vm", { body: web9 });
    const { files, generation: now } = changedBy(reply);
    assert.equal(reply.status, 201);
    assert.equal(now, 2);
    assert.match(files[0]?.diff ?? "", /\+limits: \[hv1, hv2\]/);
    assert.match(await fileOf(api.bench, "vm-web9.yaml"), /^kind: VM\nname: web9\nmemory: 1GiB\n/);
    assert.deepEqual(vmOf(api.bench, "web9")?.limits, ["hv1", "hv2"]);
    assert.equal(vmOf(api.bench, "web9")?.selector, "vms");
    assert.equal(vmOf(api.bench, "web9")?.autorestart, false);
  });

  it("from YAML, byte for byte", async () => {
    await using api = await ApiBench.open();
    const text = "# by hand\nkind: VM\nname: web8\nmemory:   1GiB   # enough\n";
    changedBy(
      await api.send("POST /api/v1/vm", { body: text, headers: { "content-type": "application/yaml" } }),
    );
    assert.equal(await fileOf(api.bench, "vm-web8.yaml"), text);
  });

  it("from the XML of a libvirt domain, which is checked first", async () => {
    await using api = await ApiBench.open();
    const xml =
      "<domain type='kvm'>\n  <name>old1</name>\n  <memory unit='GiB'>1</memory>\n  <os><type>hvm</type></os>\n</domain>\n";
    const send = (body: string) =>
      api.send("POST /api/v1/vm", { body, headers: { "content-type": "application/xml" } });
    const wrong = await send(xml.replace("</memory>", ""));
    assert.equal(codeIn(wrong), "refused");
    assert.match(detailsIn(wrong), /request\.xml:\d+:\d+/);
    changedBy(await send(xml));
    assert.equal(vmOf(api.bench, "old1")?.memoryBytes, 2 ** 30);
  });

  it("not where something is wrong, and says all of it", async () => {
    await using api = await ApiBench.open();
    const wrong = await api.send("POST /api/v1/vm", { body: { ...web9, memory: 4, limit: ["hv1"] } });
    assert.equal(wrong.status, 422);
    assert.equal(codeIn(wrong), "document-invalid");
    assert.match(detailsIn(wrong), /unit/);
    assert.match(detailsIn(wrong), /limits/);
    const dangling = await api.send("POST /api/v1/vm", { body: { ...web9, limits: ["hv8"] } });
    assert.equal(codeIn(dangling), "refused");
    assert.match(detailsIn(dangling), /hv8/);
    const twice = await api.send("POST /api/v1/vm", { body: { ...web9, name: "web1" } });
    assert.equal(codeIn(twice), "refused");
    assert.equal((await api.send("POST /api/v1/vm", { body: [1] })).status, 400);
    assert.equal(generation(api), 1);
    await assert.rejects(fileOf(api.bench, "vm-web9.yaml"));
  });
});

describe("the API edits VMs", () => {
  it("only in the fields that are said", async () => {
    await using api = await ApiBench.open();
    const body = {
      limits: ["hv1", "hv3"],
      autorestart: false,
      migration: { method: "live" },
      tags: ["shop", "new"],
    };
    const { plan } = changedBy(await api.send("POST /api/v1/vm/web1", { body }));
    assert.equal(plan.changes[0]?.object, "VM/web1");
    const expected = webYaml.replace(
      "tags: [shop]\n",
      "tags: [shop, new]\nlimits: [hv1, hv3]\nautorestart: false\nmigration: { method: live }\n",
    );
    assert.equal(await fileOf(api.bench, "web.yaml"), expected);
    changedBy(await api.send("POST /api/v1/vm/web1", { body: { limits: null } }));
    assert.equal(vmOf(api.bench, "web1")?.limits, null);
  });

  it("changes nothing in a dry run, and tells what it would do", async () => {
    await using api = await ApiBench.open();
    const reply = await api.send("POST /api/v1/vm/db1?dryRun=true", { body: { limits: ["hv2"] } });
    const { dryRun, files, plan } = changedBy(reply);
    assert.equal(dryRun, true);
    assert.match(files[0]?.diff ?? "", /^-limits: \[hv1, hv3\]$/m);
    assert.equal(plan.summary.migrate, 1);
    assert.equal(await fileOf(api.bench, "db.yaml"), dbYaml);
    assert.equal(generation(api), 1);
    assert.equal((await api.send("POST /api/v1/vm?dryRun=true", { body: web9 })).status, 200);
    assert.equal(vmOf(api.bench, "web9"), undefined);
  });

  it("only where what was read is still in force, if asked to", async () => {
    await using api = await ApiBench.open();
    const { headers } = await api.send("GET /api/v1/vm/web1");
    const match = { "if-match": String(headers["etag"]) };
    changedBy(await api.send("POST /api/v1/vm/web1", { body: { tags: ["a"] }, headers: match }));
    const late = await api.send("POST /api/v1/vm/web1", { body: { tags: ["b"] }, headers: match });
    assert.equal(late.status, 412);
    assert.equal(codeIn(late), "precondition-failed");
    assert.deepEqual(vmOf(api.bench, "web1")?.tags, ["a"]);
    const odd = await api.send("POST /api/v1/vm/web1", {
      body: { tags: [] },
      headers: { "if-match": "new" },
    });
    assert.equal(odd.status, 400);
    changedBy(await api.send("POST /api/v1/vm/web1", { body: { tags: [] }, headers: { "if-match": "*" } }));
  });

  it("stops, starts, disables and restarts", async () => {
    await using api = await ApiBench.open();
    for (const [word, state] of [
      ["shutdown", "stopped"],
      ["poweroff", "poweroff"],
      ["disable", "disabled"],
      ["start", "running"],
    ] as const) {
      changedBy(await api.send("POST /api/v1/vm/web1/state", { body: { state: word } }));
      assert.equal(vmOf(api.bench, "web1")?.state, state);
    }
    await api.bench.clock.advance(60_000);
    const { status, body } = await api.send("POST /api/v1/vm/web1/state", { body: { state: "restart" } });
    assert.equal(status, 202);
    assert.deepEqual(body, { requests: [{ request: "restart", object: "VM/web1" }] });
    const idle = await api.send("POST /api/v1/vm/web1/state", { body: { state: "release" } });
    assert.equal(codeIn(idle), "refused");
  });

  it("migrates, brings home and moves", async () => {
    await using api = await ApiBench.open();
    const at = async (body: object) => {
      changedBy(await api.send("POST /api/v1/vm/web1/node", { body }));
      await api.bench.clock.advance(60_000);
      const { node, home } = placementOf(api.bench, "web1") ?? {};
      return `${String(node)} ${String(home)}`;
    };
    assert.equal(await at({ action: "migrate", node: "hv3" }), "hv3 hv1");
    assert.equal(await at({ action: "unmigrate" }), "hv1 hv1");
    assert.equal(await at({ action: "move", node: "hv2" }), "hv2 hv2");
    const outside = await api.send("POST /api/v1/vm/db1/node", { body: { action: "migrate", node: "hv2" } });
    assert.equal(codeIn(outside), "refused");
  });

  it("renames, protects and forgets", async () => {
    await using api = await ApiBench.open();
    changedBy(await api.send("POST /api/v1/vm/web2/rename", { body: { name: "shop2" } }));
    assert.ok(vmOf(api.bench, "shop2"));
    changedBy(await api.send("POST /api/v1/vm/db1/protect", { body: { protect: true } }));
    assert.equal(vmOf(api.bench, "db1")?.protect, true);
    changedBy(await api.send("DELETE /api/v1/vm/web1?forget=true"));
    assert.equal(vmOf(api.bench, "web1"), undefined);
    const { body } = await api.send("GET /api/v1/vm/web1");
    assert.equal((body as { state: string }).state, "orphaned");
  });

  it("does as it was told, not what else waits in the folder", async () => {
    await using api = await ApiBench.open();
    await api.bench.write("web.yaml", webYaml.replace("name: web2\n", "name: web2\nstate: stopped\n"));
    const { waiting } = changedBy(await api.send("POST /api/v1/vm/db1", { body: { priority: "low" } }));
    assert.deepEqual(waiting, ["VM/web2"]);
    assert.equal(vmOf(api.bench, "web2")?.state, "running");
  });

  it("loses no edit of many that come at once", async () => {
    await using api = await ApiBench.open();
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        at % 2 === 0
          ? api.send("POST /api/v1/vm", { body: { ...web9, name: `many${String(at)}` } })
          : api.send("POST /api/v1/vm/web1", { body: { tags: [`t${String(at)}`] } }),
      ),
    );
    assert.deepEqual([...new Set(replies.map(({ status }) => status))].sort(), [200, 201]);
    for (const name of ["many0", "many2", "many4", "many6", "many8", "many10"])
      assert.ok(vmOf(api.bench, name));
    assert.deepEqual(vmOf(api.bench, "web1")?.tags, ["t11"]);
  });

  it("leaves a file alone that cannot be edited", async () => {
    await using api = await ApiBench.open();
    await api.bench.write("db.yaml", `# generated by a script, do not edit\n${dbYaml}`);
    const reply = await api.send("POST /api/v1/vm/db1", { body: { priority: "low" } });
    assert.equal(codeIn(reply), "refused");
    assert.equal(reply.status, 409);
  });
});

describe("the API takes care of nodes and maintenance", () => {
  it("flushes, takes in and cordons", async () => {
    await using api = await ApiBench.open();
    const state = (word: string) => api.send("POST /api/v1/node/hv1/state", { body: { state: word } });
    changedBy(await state("flush"));
    await api.bench.clock.advance(120_000);
    const { body } = await api.send("GET /api/v1/node/hv1");
    assert.equal((body as { state: string }).state, "flushed");
    changedBy(await state("ready"));
    changedBy(await state("cordon"));
    assert.equal(api.bench.cluster.feed.state.desired.nodes.get("hv1")?.state, "cordoned");
  });

  it("switches maintenance in the files, of the cluster and of a node", async () => {
    await using api = await ApiBench.open();
    const set = (body: object) => api.send("POST /api/v1/maintenance", { body });
    changedBy(await set({ on: true, reason: "switch swap", for: "2h" }));
    assert.match(
      await fileOf(api.bench, "lab.yaml"),
      /^maintenance: \{ reason: switch swap, until: 2026-01-01T02:/m,
    );
    assert.equal(api.bench.cluster.feed.state.desired.cluster.maintenance.on, true);
    changedBy(await set({ on: false }));
    assert.equal(api.bench.cluster.feed.state.desired.cluster.maintenance.on, false);
    changedBy(await set({ on: true, reason: "fans", node: "hv2" }));
    assert.equal(api.bench.cluster.feed.state.desired.nodes.get("hv2")?.maintenance.reason, "fans");
    assert.equal((await set({ on: true })).status, 400);
    assert.equal((await set({ on: true, reason: "x", for: "2" })).status, 400);
  });

  it("overrides it by a request, and takes that back", async () => {
    await using api = await ApiBench.open();
    const body = { on: true, reason: "files are read-only", override: true };
    assert.equal((await api.send("POST /api/v1/maintenance", { body })).status, 202);
    await api.bench.clock.advance(1_000);
    const { body: now } = await api.send("GET /api/v1/maintenance");
    assert.equal((now as { cluster: { on: boolean } }).cluster.on, true);
    assert.equal((await api.send("DELETE /api/v1/request/maintenance")).status, 200);
    assert.equal((await api.send("DELETE /api/v1/request/maintenance")).status, 404);
  });
});

describe("the API takes a person's word", () => {
  it("that a lost node is off, once its name is said twice: its VMs start elsewhere", async () => {
    await using api = await ApiBench.open();
    const { bench } = api;
    const say = (word: string, confirm: string, query = "") =>
      api.send(`POST /api/v1/node/hv1/${word}${query}`, { body: { confirm } });
    assert.equal(codeIn(await say("confirm-dead", "hv1")), "refused");
    assert.equal(
      (await api.send("POST /api/v1/node/hv7/confirm-dead", { body: { confirm: "hv7" } })).status,
      404,
    );
    const lost = [...bench.cluster.feed.state.placements].filter(
      ([, { placement }]) => placement.node === "hv1",
    );
    assert.ok(lost.length > 0);
    bench.cluster.powerOff("hv1");
    await bench.clock.advance(120_000);
    assert.equal((await say("confirm-dead", "hv2")).status, 400);
    assert.equal((await say("confirm-dead", "hv1", "?dryRun=true")).status, 202);
    assert.equal(bench.cluster.feed.state.requests.size, 0);
    assert.equal(codeIn(await say("replace", "hv1")), "refused");
    const { status, body } = await say("confirm-dead", "hv1");
    assert.deepEqual([status, body], [202, { request: "confirm-dead", object: "Node/hv1" }]);
    await bench.clock.advance(60_000);
    for (const [vm] of lost) assert.notEqual(placementOf(bench, vm)?.node, "hv1");
    assert.equal((await say("replace", "hv1")).status, 202);
    await bench.clock.advance(1_000);
    assert.equal(bench.cluster.feed.state.fences.get("hv1")?.phase, "done");
  });

  it("from an administrator alone", async () => {
    await using api = await ApiBench.remote();
    const token = await api.token("op", "operator");
    const headers = { authorization: `Bearer ${token}` };
    for (const word of ["confirm-dead", "replace"]) {
      const body = { confirm: "hv1" };
      assert.equal((await api.send(`POST /api/v1/node/hv1/${word}`, { body, headers })).status, 403);
    }
  });
});

describe("the API's plans", () => {
  it("are made, shown and applied, once", async () => {
    await using api = await ApiBench.open();
    await api.bench.write("db.yaml", dbYaml.replace("memory: 4GiB", "memory: 5GiB"));
    const made = await madePlan(api);
    assert.equal(made.plan.changes[0]?.object, "VM/db1");
    assert.deepEqual((await api.send(`GET /api/v1/plan/${made.id}`)).body, made);
    const apply = () => api.send(`POST /api/v1/plan/${made.id}/apply`, { body: {} });
    assert.equal(changedBy(await apply()).generation, 2);
    assert.equal(vmOf(api.bench, "db1")?.memoryBytes, 5 * 2 ** 30);
    assert.equal(codeIn(await apply()), "plan-used");
    assert.equal((await api.send("GET /api/v1/plan/000000000000000000000000")).status, 404);
  });

  it("are refused once the cluster is another", async () => {
    await using api = await ApiBench.open();
    await api.bench.write("db.yaml", dbYaml.replace("memory: 4GiB", "memory: 5GiB"));
    const { id } = await madePlan(api);
    changedBy(await api.send("POST /api/v1/vm/web1", { body: { tags: ["a"] } }));
    const reply = await api.send(`POST /api/v1/plan/${id}/apply`, { body: {} });
    assert.equal(codeIn(reply), "stale-plan");
  });

  it("destroy what was approved, by somebody who saw it in a plan", async () => {
    await using api = await ApiBench.open();
    const { plan } = changedBy(await api.send("DELETE /api/v1/vm/web1"));
    assert.deepEqual(
      plan.blocked.map(({ object, reason }) => [object, reason.code]),
      [["VM/web1", "approval-needed"]],
    );
    await api.bench.clock.advance(60_000);
    assert.ok(placementOf(api.bench, "web1"));
    const { id } = await madePlan(api);
    const approve = (vm: string) => api.send(`POST /api/v1/plan/${id}/approve`, { body: { vm } });
    assert.equal(codeIn(await approve("web2")), "refused");
    assert.equal((await approve("web1")).status, 202);
    assert.equal((await api.send("DELETE /api/v1/request/destroy-web1")).status, 200);
    assert.equal((await approve("web1")).status, 202);
    await api.bench.clock.advance(60_000);
    assert.equal(placementOf(api.bench, "web1"), undefined);
  });

  it("are readable by their owner alone", async () => {
    await using api = await ApiBench.open();
    const { id } = await madePlan(api);
    const path = join(api.bench.folder, "state", "plans", `${id}.plan`);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    await chmod(path, 0o600);
    assert.match(await readFile(path, "utf8"), /"formatVersion": 1/);
  });
});

describe("the API of a folder that is not the one", () => {
  it("edits nothing", async () => {
    await using api = await ApiBench.open(await appliedBench());
    const { sources } = api.bench.cluster.feed.state;
    sources.set("folder", {
      id: "r9",
      host: "elsewhere",
      directory: "/etc/keel/cluster.d",
      status: "ok",
      at: 0,
      digest: null,
      pending: null,
      problems: [],
    });
    const reply = await api.send("POST /api/v1/vm/web1", { body: { tags: [] } });
    assert.equal(codeIn(reply), "source-elsewhere");
    assert.equal(await fileOf(api.bench, "web.yaml"), webYaml);
    assert.equal((await api.send("POST /api/v1/vm/web1/state", { body: { state: "restart" } })).status, 202);
  });
});
