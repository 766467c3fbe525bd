import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { describe, it, type TestContext } from "node:test";
import type { FenceOpen } from "../../../../reconciler/model/fence.ts";
import { reason } from "../../../../reconciler/model/reasons.ts";
import type { Request } from "../../../../reconciler/model/journal.ts";
import { systemClock } from "../../../../reconciler/runtime/system-clock.ts";
import { decode, encode } from "../../../../reconciler/store/codec.ts";
import { connectStore } from "../../../../reconciler/store/etcd/etcd-store.ts";
import { clusterKeys } from "../../../../reconciler/store/keys.ts";
import { startEmbedded } from "../../../support/etcd-embedded.ts";
import { runKeel, temporaryFolder } from "../../run-keel.ts";

const keys = clusterKeys("lab");

/** A store in which hv1 is alive, or missed by the leader. */
async function ground(test: TestContext, isAlive: boolean, fence: Partial<FenceOpen> = {}) {
  const server = await startEmbedded();
  test.after(() => server.close());
  const store = connectStore({ endpoints: [server.endpoint], clock: systemClock });
  test.after(() => store.close());
  const incident = { id: "7", machineId: "m", bootId: "b", since: 0 };
  const record = { node: "hv1", history: [], quarantine: null, phase: "lost", why: null, incident, ...fence };
  const alive = { machineId: "m", bootId: "b", address: null };
  const put = isAlive
    ? { put: keys.alive("hv1"), value: encode(alive) }
    : { put: keys.fence("hv1"), value: encode(record) };
  await store.transact({ compare: [], then: [put] });
  const cwd = await temporaryFolder(test);
  const confirm = (answer: string) =>
    runKeel(["--store", server.endpoint, "--cluster", "lab", "node", "confirm-dead", "hv1"], {
      cwd,
      stdin: Readable.from([answer]),
    });
  const written = async () => {
    const item = await store.get(keys.request("confirm-dead-hv1"));
    return item === null ? null : decode<Request>(item);
  };
  return { confirm, written };
}

describe("keel node confirm-dead", () => {
  it("names the incident, once the node's name is typed", async (test) => {
    const { confirm, written } = await ground(test, false);
    const { exit, out } = await confirm("hv1\n");
    const request = await written();
    assert.equal(exit, 0);
    assert.match(out, /hv1 is dead\. It is void once hv1 shows life/);
    assert.equal(request?.kind === "confirm-dead" && request.incident, "7");
    assert.equal((request?.expiresAt ?? 0) - (request?.at ?? 0), 600_000);
  });

  it("writes nothing where another name is typed", async (test) => {
    const { confirm, written } = await ground(test, false);
    const { exit } = await confirm("hv2\n");
    assert.notEqual(exit, 0);
    assert.equal(await written(), null);
  });

  it("is refused while the node is alive", async (test) => {
    const { confirm, written } = await ground(test, true);
    const { exit, err } = await confirm("hv1\n");
    assert.equal(exit, 1);
    assert.match(err, /confirming hv1 dead was refused: it is alive/);
    assert.equal(await written(), null);
  });

  it("is refused while the node answers the leader, though it does not reach the store", async (test) => {
    const cut = { phase: "suspect", why: reason("store-cut", { node: "hv1" }) } as const;
    const { confirm, written } = await ground(test, false, cut);
    const { exit, err } = await confirm("hv1\n");
    assert.equal(exit, 1);
    assert.match(err, /its heartbeat answers the leader: it lives[^]*Switch it off first/);
    assert.equal(await written(), null);
  });
});
