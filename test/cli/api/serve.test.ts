import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ApiBench, openApiDocument, type Reply } from "../api-bench.ts";
import { vmOf } from "../verb-bench.ts";

function bearer(token: string): { readonly headers: Readonly<Record<string, string>> } {
  return { headers: { authorization: `Bearer ${token}` } };
}

function codeIn({ body }: Reply): string {
  return (body as { readonly code: string }).code;
}

/** Every route that changes something, with nothing in its body. */
const changes = Object.entries(openApiDocument.paths).flatMap(([path, operations]) =>
  Object.keys(operations)
    .filter((method) => method !== "get")
    .map((method) => {
      const named = path.replace("{vm}", "web1").replace("{node}", "hv1").replace("{request}", "maintenance");
      return `${method.toUpperCase()} ${named.replace("{plan}", "0".repeat(24))}`;
    }),
);

describe("the API over a network", () => {
  it("lets nobody in without a token, or with a wrong or an expired one", async () => {
    await using api = await ApiBench.remote();
    const short = await api.token("short", "admin", " --for 1m");
    const good = await api.token("good", "viewer");
    assert.equal((await api.send("GET /api/v1/vm", bearer(good))).status, 200);
    const none = await api.send("GET /api/v1/vm");
    assert.equal(none.status, 401);
    assert.match(String(none.headers["www-authenticate"]), /^Bearer/);
    for (const headers of [
      { authorization: `Bearer ${good}x` },
      { authorization: good },
      { authorization: "Basic cm9vdDpyb290" },
    ])
      assert.equal(codeIn(await api.send("GET /api/v1/vm", { headers })), "unauthenticated");
    assert.equal((await api.send("GET /api/v1/vm", bearer(short))).status, 200);
    await api.bench.clock.advance(61_000);
    const late = await api.send("GET /api/v1/vm", bearer(short));
    assert.match(JSON.stringify(late.body), /expired/);
    await api.bench.keel("token revoke good");
    assert.equal((await api.send("GET /api/v1/vm", bearer(good))).status, 401);
  });

  it("asks for no token where nothing is to be known", async () => {
    await using api = await ApiBench.remote();
    for (const path of ["/healthz", "/readyz", "/api/v1/openapi.json"])
      assert.equal((await api.send(`GET ${path}`)).status, 200, path);
    assert.equal((await api.send("GET /metrics")).status, 401);
  });

  it("lets a viewer change nothing, by any route", async () => {
    await using api = await ApiBench.remote();
    const viewer = bearer(await api.token("grafana", "viewer"));
    assert.ok(changes.length >= 12);
    for (const line of changes) {
      const reply = await api.send(line, { ...viewer, ...(line.startsWith("DELETE") ? {} : { body: {} }) });
      assert.equal(reply.status, 403, line);
      assert.equal(codeIn(reply), "forbidden");
    }
    assert.equal(api.bench.cluster.feed.state.applied.head?.generation, 1);
  });

  it("lets an operator change, and an admin alone approve", async () => {
    await using api = await ApiBench.remote();
    const operator = bearer(await api.token("ci", "operator"));
    const admin = bearer(await api.token("ops", "admin"));
    const tagged = await api.send("POST /api/v1/vm/web1", { body: { tags: ["ci"] }, ...operator });
    assert.equal(tagged.status, 200);
    assert.deepEqual(vmOf(api.bench, "web1")?.tags, ["ci"]);
    await api.send("DELETE /api/v1/vm/web2", operator);
    const { body } = await api.send("POST /api/v1/plan", { body: {}, ...operator });
    const approve = `POST /api/v1/plan/${(body as { id: string }).id}/approve`;
    assert.equal((await api.send(approve, { body: { vm: "web2" }, ...operator })).status, 403);
    assert.equal((await api.send(approve, { body: { vm: "web2" }, ...admin })).status, 202);
  });

  it("takes no more than ten wrong tokens a minute from one place", async () => {
    await using api = await ApiBench.remote();
    const good = bearer(await api.token("good", "viewer"));
    for (let time = 0; time < 10; time++)
      assert.equal((await api.send("GET /api/v1/vm", bearer("keel_good_guess"))).status, 401);
    const reply = await api.send("GET /api/v1/vm", bearer("keel_good_guess"));
    assert.equal(reply.status, 429);
    assert.ok(Number(reply.headers["retry-after"]) > 0);
    assert.equal((await api.send("GET /api/v1/vm", good)).status, 429);
    await api.bench.clock.advance(60_000);
    assert.equal((await api.send("GET /api/v1/vm", good)).status, 200);
  });

  it("puts each change on record, with who asked, and what became of it", async () => {
    await using api = await ApiBench.remote();
    const operator = bearer(await api.token("ci", "operator"));
    await api.send("POST /api/v1/vm/web1", { body: { tags: ["a"] }, ...operator });
    await api.send("POST /api/v1/vm/web1?dryRun=true", { body: { tags: ["b"] }, ...operator });
    await api.send("POST /api/v1/node/hv9/state", { body: { state: "flush" }, ...operator });
    await api.send("GET /api/v1/vm", operator);
    const events = [...api.bench.cluster.feed.state.events.values()].filter(
      ({ writer }) => writer === "api-test",
    );
    assert.deepEqual(
      events.map(({ object, code, text }) => `${object} ${code} ${text}`),
      [
        "VM/web1 api-change token/ci (operator): setVmMeta",
        "Node/hv9 api-refused token/ci (operator): setNodeState was refused: not-found",
      ],
    );
    assert.equal(api.bench.cluster.feed.state.applied.head?.by, "token/ci");
  });

  it("logs no token, and nothing of what was sent", async () => {
    const lines: string[] = [];
    await using api = await ApiBench.remote((line) => void lines.push(line));
    const token = await api.token("ci", "operator");
    const [, , secret = ""] = token.split("_");
    const canary = "c4n4ry";
    const sent = [
      { line: "POST /api/v1/vm/web1", body: { tags: [canary] } },
      { line: `POST /api/v1/vm/web1?password=${canary}`, body: {} },
      { line: `GET /api/v1/${canary}`, body: undefined },
      { line: "POST /api/v1/vm", body: `kind: VM\nname: x\npassword: ${canary}\n` },
      { line: "POST /api/v1/vm", body: `{"password": "${canary}` },
    ];
    for (const { line, body } of sent)
      for (const authorization of [`Bearer ${token}`, `Bearer ${token}x`, `Bearer keel_ci_${canary}`]) {
        const headers = {
          authorization,
          ...(typeof body === "string" ? { "content-type": "application/json" } : {}),
        };
        await api.send(line, { headers, ...(body === undefined ? {} : { body }) });
      }
    const events = JSON.stringify([...api.bench.cluster.feed.state.events.values()]);
    const logged = lines.join("\n");
    assert.ok(lines.length > 10);
    for (const text of [logged, events])
      for (const hidden of [token, secret, canary, "uthorization"]) assert.ok(!text.includes(hidden), hidden);
  });
});

describe("keel token", () => {
  it("makes, lists and takes away, and shows a token once", async () => {
    await using api = await ApiBench.remote();
    const { out, err } = await api.bench.keel("token create ci --role operator --for 12h");
    assert.match(out, /^keel_ci_[\w-]{43}\n$/);
    assert.match(err, /Its role is operator; it is good until 2026-01-01T12:/);
    const list = await api.bench.keel("token list");
    assert.match(list.out, /NAME +ROLE +BY +AGE +EXPIRES\nci +operator +root +\S+ +in 12h/);
    assert.ok(!list.out.includes(out.trim()));
    const data = (await api.bench.data("token list")) as { items: readonly object[] };
    assert.deepEqual(Object.keys(data.items[0] ?? {}), ["kind", "name", "role", "by", "at", "expiresAt"]);
    assert.equal((await api.bench.keel("token create ci")).exit, 1);
    assert.equal((await api.bench.keel("token revoke ci")).exit, 0);
    assert.match((await api.bench.keel("token list")).err, /There are no tokens/);
  });
});
