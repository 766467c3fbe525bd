import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { callerOf, createToken, listTokens, revokeToken } from "../../../reconciler/api/tokens.ts";
import { StoreCore } from "../../../reconciler/store/core/store-core.ts";
import { clusterKeys } from "../../../reconciler/store/keys.ts";
import { MemoryStore } from "../../../reconciler/store/memory/memory-store.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const keys = clusterKeys("lab");

function opened() {
  const clock = new FakeClock();
  const store = new MemoryStore({ core: new StoreCore({ clock }), clock });
  let calls = 0;
  const random = (bytes: number) => new Uint8Array(bytes).fill((calls += 1));
  const create = (name: string) =>
    createToken(store, keys, { name, role: "operator", by: "root", now: 1000, forMs: 5000, random });
  const ask = (token: string, now = 2000) => callerOf(store, keys, token, now);
  return { store, create, ask };
}

describe("a token", () => {
  it("lets its holder in, with its role, until it expires", async () => {
    const { create, ask } = opened();
    const { token } = await create("ci");
    assert.deepEqual(await ask(token), { name: "token/ci", role: "operator" });
    await ask(token, 5999);
    await assert.rejects(ask(token, 6000), { code: "unauthenticated", message: "The token has expired." });
  });

  it("is not in the store", async () => {
    const { store, create } = opened();
    const { token } = await create("ci");
    const { items } = await store.list(keys.root);
    const secret = token.slice("keel_ci_".length);
    assert.equal(secret.length, 43);
    assert.equal(items.length, 1);
    for (const { value } of items) assert.ok(!value.includes(secret));
  });

  it("lets nobody in whose secret differs, or who makes one up", async () => {
    const { create, ask } = opened();
    const { token } = await create("ci");
    const { token: other } = await create("grafana");
    const wrong = [
      `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`,
      token.replace("keel_ci_", "keel_grafana_"),
      other.replace("keel_grafana_", "keel_nobody_"),
      "keel_ci_",
      "",
      token.toUpperCase(),
      `${token}A`,
    ];
    for (const each of wrong)
      await assert.rejects(ask(each), { code: "unauthenticated", message: "The token is not known." }, each);
  });

  it("is void once it is taken away, and its name is free then, not before", async () => {
    const { store, create, ask } = opened();
    const { token } = await create("ci");
    await assert.rejects(create("ci"), { code: "refused" });
    await revokeToken(store, keys, "ci");
    await assert.rejects(ask(token), { code: "unauthenticated" });
    await assert.rejects(revokeToken(store, keys, "ci"), { code: "not-found" });
    const { token: next } = await create("ci");
    assert.notEqual(next, token);
    assert.deepEqual(
      (await listTokens(store, keys)).map(({ name }) => name),
      ["ci"],
    );
  });
});
