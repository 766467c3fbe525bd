import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { describe, it, type TestContext } from "node:test";
import type { Request } from "../../../../reconciler/model/journal.ts";
import { systemClock } from "../../../../reconciler/runtime/system-clock.ts";
import { decode, encode } from "../../../../reconciler/store/codec.ts";
import { connectStore } from "../../../../reconciler/store/etcd/etcd-store.ts";
import { clusterKeys } from "../../../../reconciler/store/keys.ts";
import { startEmbedded } from "../../../support/etcd-embedded.ts";
import { runKeel, temporaryFolder } from "../../run-keel.ts";

const keys = clusterKeys("lab");

/** A store in which hv1 is missed, or proven dead. */
async function ground(test: TestContext, isDead: boolean) {
  const server = await startEmbedded();
  test.after(() => server.close());
  const store = connectStore({ endpoints: [server.endpoint], clock: systemClock });
  test.after(() => store.close());
  const common = { node: "hv1", history: [], quarantine: null };
  const incident = { id: "7", machineId: "m1", bootId: "b", since: 0 };
  const proven = { phase: "done", proof: { by: "human", at: 0, who: "ann" }, vms: [], powerOn: "no" };
  const record = { ...common, incident, ...(isDead ? proven : { phase: "lost", why: null }) };
  await store.transact({ compare: [], then: [{ put: keys.fence("hv1"), value: encode(record) }] });
  const cwd = await temporaryFolder(test);
  const replace = (answer: string) =>
    runKeel(["--store", server.endpoint, "--cluster", "lab", "node", "replace", "hv1"], {
      cwd,
      stdin: Readable.from([answer]),
    });
  const written = async () => {
    const item = await store.get(keys.request("replace-hv1"));
    return item === null ? null : decode<Request>(item);
  };
  return { replace, written };
}

describe("keel node replace", () => {
  it("names the machine that is replaced, once the node's name is typed", async (test) => {
    const { replace, written } = await ground(test, true);
    const { exit, out } = await replace("hv1\n");
    const request = await written();
    assert.equal(exit, 0);
    assert.match(out, /another machine may go by the name hv1/);
    assert.equal(request?.kind === "replace" && request.machineId, "m1");
  });

  it("writes nothing where another name is typed", async (test) => {
    const { replace, written } = await ground(test, true);
    const { exit } = await replace("hv2\n");
    assert.notEqual(exit, 0);
    assert.equal(await written(), null);
  });

  it("is refused while nothing is proven of the machine that it was", async (test) => {
    const { replace, written } = await ground(test, false);
    const { exit, err } = await replace("hv1\n");
    assert.equal(exit, 1);
    assert.match(err, /replacing the machine of hv1 was refused: the one that it was is not proven dead/);
    assert.equal(await written(), null);
  });
});
