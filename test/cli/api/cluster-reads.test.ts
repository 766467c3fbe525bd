import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ClusterFeed } from "../../../reconciler/control/cluster-feed.ts";
import { silentLog } from "../../../reconciler/runtime/log.ts";
import { ApiBench, type Reply } from "../api-bench.ts";
import { Bench } from "../bench.ts";
import { appliedBench } from "../verb-bench.ts";

interface Items {
  readonly items: readonly { readonly name: string }[];
}

function namesIn({ body }: Reply): readonly string[] {
  return (body as Items).items.map(({ name }) => name);
}

function codeIn({ body }: Reply): string {
  return (body as { readonly code: string }).code;
}

describe("the API's reads", () => {
  it("answer what the command line answers", async () => {
    await using api = await ApiBench.open();
    for (const [path, line] of [
      ["vm", "get vms"],
      ["node", "get nodes"],
      ["network", "get networks"],
      ["pool", "get pools"],
      ["profile", "get profiles"],
      ["step", "get steps"],
      ["request", "get requests"],
      ["status", "status"],
      ["history", "history"],
      ["vm/web1/why", "why vm/web1"],
      ["node/hv1/why", "why node/hv1"],
    ] as const) {
      const { status, body } = await api.send(`GET /api/v1/${path}`);
      assert.equal(status, 200, path);
      assert.deepEqual(body, await api.bench.data(line), path);
    }
  });

  it("answer one object of a list", async () => {
    await using api = await ApiBench.open();
    for (const path of ["vm/web1", "node/hv2", "network/servers", "pool/default"]) {
      const { status, body } = await api.send(`GET /api/v1/${path}`);
      assert.equal(status, 200, path);
      assert.equal((body as { name: string }).name, path.split("/")[1]);
    }
  });

  it("say what there is not, with the catalogue's code", async () => {
    await using api = await ApiBench.open();
    for (const path of ["vm/web9", "node/hv9", "network/dmz", "vm/web9/why", "node/hv9/why"]) {
      const reply = await api.send(`GET /api/v1/${path}`);
      assert.equal(reply.status, 404, path);
      assert.equal(codeIn(reply), "not-found");
      assert.match(String(reply.headers["content-type"]), /^application\/problem\+json/);
    }
    assert.equal(codeIn(await api.send("GET /api/v1/cats")), "no-route");
    assert.equal(codeIn(await api.send("PUT /api/v1/status")), "method-not-allowed");
  });

  it("list VMs that fit, or the others", async () => {
    await using api = await ApiBench.open();
    assert.deepEqual(namesIn(await api.send("GET /api/v1/vm?tag=shop")), ["web1", "web2"]);
    assert.deepEqual(namesIn(await api.send("GET /api/v1/vm?tag=shop&negate=true")), ["db1"]);
    assert.deepEqual(namesIn(await api.send("GET /api/v1/vm?home=hv2&state=running")), ["web2"]);
    assert.deepEqual(namesIn(await api.send("GET /api/v1/vm?limit=hv2")), ["web1", "web2"]);
    assert.deepEqual(namesIn(await api.send("GET /api/v1/node?state=cordoned")), []);
  });

  it("refuse what they do not know", async () => {
    await using api = await ApiBench.open();
    for (const query of ["state=off", "colour=red", "negate=perhaps", "node=HV1"]) {
      const reply = await api.send(`GET /api/v1/vm?${query}`);
      assert.equal(reply.status, 400, query);
      assert.equal(codeIn(reply), "request-invalid");
    }
    assert.equal((await api.send("GET /api/v1/vm/Web1")).status, 400);
  });

  it("know nothing, and say so, while the store does not answer", async () => {
    const bench = await appliedBench();
    const { keys } = bench.cluster;
    const store = bench.cluster.client();
    const feed = new ClusterFeed({ store, root: keys.root, clock: bench.clock, log: silentLog });
    await using api = await ApiBench.open(bench, feed);
    const reply = await api.send("GET /api/v1/vm");
    assert.equal(codeIn(reply), "store-unreachable");
    assert.equal((await api.send("GET /readyz")).status, 503);
    assert.equal((await api.send("GET /healthz")).status, 200);
    const metrics = await api.send("GET /metrics");
    assert.match(String(metrics.body), /^keel_store_up 0$/m);
    assert.doesNotMatch(String(metrics.body), /keel_vm_state/);
  });

  it("are ready before anything was applied", async () => {
    await using api = await ApiBench.open(await Bench.open());
    assert.equal((await api.send("GET /readyz")).status, 200);
    assert.deepEqual(namesIn(await api.send("GET /api/v1/vm")), []);
    assert.equal((await api.send("GET /api/v1/status")).status, 200);
  });
});

describe("the API's metrics", () => {
  it("tell states, maintenance and what waits", async () => {
    await using api = await ApiBench.open();
    await api.bench.keel("maintenance on --override --reason tests --for 2h");
    const { body } = await api.send("GET /metrics");
    const text = String(body);
    for (const line of [
      /^keel_vm_state\{vm="web1",node="hv1",state="running"\} 1$/m,
      /^keel_vms\{state="running"\} 3$/m,
      /^keel_vms\{state="held"\} 0$/m,
      /^keel_nodes\{state="ready"\} 3$/m,
      /^keel_node_alive\{node="hv3"\} 1$/m,
      /^keel_generation 1$/m,
      /^keel_maintenance_enabled 1$/m,
      /^keel_maintenance_until_timestamp_seconds [\d.]+$/m,
      /^keel_build_info\{version="[^"]+"\} 1$/m,
    ])
      assert.match(text, line);
    const named = [...text.matchAll(/^# TYPE (\w+) (?:gauge|counter|histogram)$/gm)].map(([, name]) => name);
    assert.equal(new Set(named).size, named.length);
    for (const line of text.trimEnd().split("\n"))
      assert.match(
        line,
        /^(?:# (?:HELP|TYPE) keel_\w+ .+|keel_\w+(?:\{[^}]*\})? -?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/,
      );
  });

  it("count restarts by why, and rounds of fencing by what came of them", async () => {
    await using api = await ApiBench.open();
    const { bench } = api;
    const metrics = async () => String((await api.send("GET /metrics")).body);
    assert.doesNotMatch(await metrics(), /^keel_(?:vm_restarts|fence_attempts)_total\{/m);
    for (let crashes = 0; crashes < 2; crashes++) {
      bench.cluster.machineOf("web1")?.crash("web1");
      await bench.clock.advance(120_000);
    }
    await api.send("POST /api/v1/vm/web2/state", { body: { state: "restart" } });
    await bench.clock.advance(30_000);
    assert.match(await metrics(), /^keel_vm_restarts_total\{vm="web1",reason="crashed"\} 2$/m);
    assert.match(await metrics(), /^keel_vm_restarts_total\{vm="web2",reason="restart-requested"\} 1$/m);
  });

  it("tell how long the leader's rounds take, as it goes on", async () => {
    await using api = await ApiBench.open();
    const { bench } = api;
    const rounds = async (line: string): Promise<number> => {
      const text = String((await api.send("GET /metrics")).body);
      const [found] = text.split("\n").filter((each) => each.startsWith(line));
      return Number(found?.slice(line.length));
    };
    const count = "keel_reconcile_duration_seconds_count ";
    await bench.clock.advance(15_000);
    const before = await rounds(count);
    assert.ok(before > 0);
    await bench.keel("vm migrate web1 --to hv2 -y");
    await bench.clock.advance(15_000);
    assert.ok((await rounds(count)) > before);
    assert.equal(await rounds('keel_reconcile_duration_seconds_bucket{le="+Inf"} '), await rounds(count));
    assert.equal(await rounds('keel_reconcile_duration_seconds_bucket{le="10"} '), await rounds(count));
    assert.ok((await rounds("keel_reconcile_duration_seconds_sum ")) >= 0);
  });
});
