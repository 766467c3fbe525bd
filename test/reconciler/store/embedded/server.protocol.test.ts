import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Etcd3, type IWatchCreateRequest, type IWatchResponse } from "etcd3";
import { NoFaultHandling } from "../../../../reconciler/store/etcd/no-fault-handling.ts";
import { startEmbedded, type Embedded } from "../../../support/etcd-embedded.ts";

const bytes = (text: string): Buffer => Buffer.from(text);

describe("the embedded server, asked by a plain etcd client", { timeout: 30_000 }, () => {
  let running: { readonly server: Embedded; readonly client: Etcd3 } | null = null;
  const etcd = (): Etcd3 => running?.client ?? assert.fail("not started");
  before(async () => {
    const server = await startEmbedded();
    const none = new NoFaultHandling();
    const faultHandling = { host: () => none, global: none };
    running = { server, client: new Etcd3({ hosts: server.endpoint, faultHandling }) };
  });
  after(async () => {
    running?.client.close();
    await running?.server.close();
  });

  /** What one watch stream says until `count` events came. */
  const watch = async (
    request: IWatchCreateRequest,
    act: () => Promise<unknown>,
    enough: (responses: readonly IWatchResponse[]) => boolean,
  ): Promise<readonly IWatchResponse[]> => {
    const stream = await etcd().watchClient.watch();
    const responses: IWatchResponse[] = [];
    await new Promise<void>((resolve, reject) => {
      stream.on("data", (response) => {
        responses.push(response);
        if (response.created) act().catch(reject);
        if (enough(responses)) resolve();
      });
      stream.on("error", reject);
      stream.write({ create_request: request });
    });
    stream.end();
    return responses;
  };

  it("puts, gets, deletes and lists", async () => {
    await etcd().put("/plain/a").value("1");
    await etcd().put("/plain/b").value("2");
    assert.deepEqual(await etcd().getAll().prefix("/plain/").strings(), { "/plain/a": "1", "/plain/b": "2" });
    assert.deepEqual(await etcd().getAll().prefix("/plain/").sort("Key", "Descend").limit(1).keys(), [
      "/plain/b",
    ]);
    assert.equal(await etcd().getAll().prefix("/plain/").count(), 2);
    assert.equal((await etcd().delete().prefix("/plain/")).deleted, "2");
  });

  it("tells what was there before a put and a deletion", async () => {
    const key = bytes("/before");
    await etcd().kv.put({ key, value: bytes("1") });
    assert.equal(
      (await etcd().kv.put({ key, value: bytes("2"), prev_kv: true })).prev_kv.value.toString(),
      "1",
    );
    assert.deepEqual((await etcd().kv.deleteRange({ key })).prev_kvs, []);
    await etcd().kv.put({ key, value: bytes("3") });
    const { prev_kvs } = await etcd().kv.deleteRange({ key, prev_kv: true });
    assert.deepEqual(
      prev_kvs.map(({ value }) => value.toString()),
      ["3"],
    );
  });

  it("carries out transactions with both branches", async () => {
    const attempt = () =>
      etcd()
        .if("/branch", "Version", "==", 0)
        .then(etcd().put("/branch").value("new"))
        .else(etcd().get("/branch"))
        .commit();
    assert.equal((await attempt()).succeeded, true);
    const second = await attempt();
    assert.equal(second.succeeded, false);
    assert.equal(second.responses[0]?.response_range.kvs[0]?.value.toString(), "new");
  });

  it("lets one of two candidates win an election, and the other one after it", async () => {
    const [first, second] = [
      etcd().election("seat", 5).campaign("first"),
      etcd().election("seat", 5).campaign("second"),
    ];
    second.on("error", () => undefined);
    const winner = await Promise.race([
      new Promise<typeof first>((resolve) => first.on("elected", () => resolve(first))),
      new Promise<typeof first>((resolve) => second.on("elected", () => resolve(second))),
    ]);
    const other = winner === first ? second : first;
    const next = new Promise((resolve) => other.on("elected", () => resolve("elected")));
    await winner.resign();
    assert.equal(await next, "elected");
    await other.resign();
  });

  it("tells about leases", async () => {
    const { ID } = await etcd().leaseClient.leaseGrant({ TTL: 50, ID: 4711 });
    assert.equal(ID, "4711");
    await etcd().kv.put({ key: bytes("/leased"), value: bytes(""), lease: ID });
    const { TTL, grantedTTL, keys } = await etcd().leaseClient.leaseTimeToLive({ ID, keys: true });
    assert.ok(Number(TTL) >= 48 && Number(TTL) <= 50);
    assert.equal(grantedTTL, "50");
    assert.deepEqual(keys.map(String), ["/leased"]);
    assert.ok((await etcd().leaseClient.leaseLeases()).leases.some((lease) => lease.ID === ID));
    await etcd().leaseClient.leaseRevoke({ ID });
    assert.equal((await etcd().leaseClient.leaseTimeToLive({ ID })).TTL, "-1");
    await assert.rejects(etcd().leaseClient.leaseRevoke({ ID }), /requested lease not found/);
    await assert.rejects(etcd().leaseClient.leaseGrant({ TTL: 0 }), /too large lease TTL/);
  });

  it("says who it is", async () => {
    const { header, leader } = await etcd().maintenance.status();
    const { members } = await etcd().cluster.memberList({});
    assert.equal(header.member_id, leader);
    assert.deepEqual(
      members.map(({ ID, clientURLs }) => [ID, clientURLs]),
      [[leader, [running?.server.endpoint]]],
    );
  });

  it("watches with the value before, without puts, and under an id of the client's choice", async () => {
    const key = bytes("/events");
    await etcd().kv.put({ key, value: bytes("1") });
    const act = async (): Promise<void> => {
      await etcd().kv.put({ key, value: bytes("2") });
      await etcd().kv.deleteRange({ key });
    };
    const request = { key, prev_kv: true, filters: ["Noput" as const], watch_id: 9 };
    const responses = await watch(request, act, (all) => all.some(({ events }) => events.length > 0));
    const events = responses.flatMap((response) => response.events);
    assert.deepEqual(
      responses.map(({ watch_id }) => watch_id),
      ["9", "9"],
    );
    assert.deepEqual(
      events.map(({ type, prev_kv }) => [type, prev_kv.value.toString()]),
      [["Delete", "2"]],
    );
  });

  it("ends a watch that is cancelled, and refuses one without a key", async () => {
    const stream = await etcd().watchClient.watch();
    const responses: IWatchResponse[] = [];
    await new Promise<void>((resolve) => {
      stream.on("data", (response) => {
        responses.push(response);
        if (responses.length === 1) stream.write({ cancel_request: { watch_id: response.watch_id } });
        if (responses.length === 2) stream.write({ create_request: { key: Buffer.alloc(0) } });
        if (responses.length === 3) resolve();
      });
      stream.write({ create_request: { key: bytes("/watched") } });
    });
    stream.end();
    assert.deepEqual(
      responses.map(({ created, canceled }) => [created, canceled]),
      [
        [true, false],
        [false, true],
        [true, true],
      ],
    );
    assert.match(responses[2]?.cancel_reason ?? "", /key is not provided/);
  });

  it("answers a question for progress with the revision up to which all was sent", async () => {
    const stream = await etcd().watchClient.watch();
    const { header } = await etcd().kv.put({ key: bytes("/progress"), value: bytes("") });
    const progress = await new Promise<IWatchResponse>((resolve) => {
      stream.on("data", (response) => {
        if (response.created) stream.write({ progress_request: {} });
        if (response.watch_id === "-1") resolve(response);
      });
      stream.write({ create_request: { key: bytes("/progress") } });
    });
    stream.end();
    assert.equal(progress.header.revision, header.revision);
  });

  const put = (n: number) => ({ request_put: { key: bytes(`/limit/${n}`), value: Buffer.alloc(0) } });
  const refusals: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
    [
      "too many operations",
      () => etcd().kv.txn({ success: Array.from({ length: 129 }, (_, n) => put(n)) }),
      /too many operations in txn/,
    ],
    ["a key twice", () => etcd().kv.txn({ success: [put(1), put(1)] }), /duplicate key given in txn request/],
    ["an operation that is empty", () => etcd().kv.txn({ success: [{}] }), /an operation is empty/],
    [
      "a transaction within a transaction",
      () => etcd().kv.txn({ success: [{ request_txn: {} }] }),
      /not supported here/,
    ],
    [
      "a large value",
      () => etcd().kv.put({ key: bytes("a"), value: Buffer.alloc(1_572_864) }),
      /request is too large/,
    ],
    [
      "a value that is far too large",
      () => etcd().kv.put({ key: bytes("a"), value: Buffer.alloc(3_000_000) }),
      /larger than max/,
    ],
    ["an empty key", () => etcd().kv.put({ key: Buffer.alloc(0), value: bytes("") }), /key is not provided/],
    [
      "a revision to come",
      () => etcd().kv.range({ key: bytes("a"), revision: 1_000_000 }),
      /is a future revision/,
    ],
    [
      "a value beside the wish to keep it",
      () => etcd().kv.put({ key: bytes("a"), value: bytes("1"), ignore_value: true }),
      /value is provided/,
    ],
    [
      "to keep the value of no key",
      () => etcd().kv.put({ key: bytes("none"), ignore_value: true }),
      /key not found/,
    ],
  ];
  for (const [what, call, text] of refusals) {
    it(`refuses ${what}, in etcd's words`, async () => {
      await assert.rejects(call(), text);
    });
  }
});
