import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { StoreRecord } from "../../../../reconciler/model/store-record.ts";
import { silentLog as log } from "../../../../reconciler/runtime/log.ts";
import { decode, encode } from "../../../../reconciler/store/codec.ts";
import { StoreError, type Transaction } from "../../../../reconciler/store/store.ts";
import { MarkInMemory } from "../../../../reconciler/store/trust/mark-file.ts";
import { StoreMemory } from "../../../../reconciler/store/trust/store-memory.ts";
import { untilTrusted } from "../../../../reconciler/store/trust/trust.ts";
import { type RestorableStore, Vault } from "../../../support/cluster/restorable-store.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

const key = "/evenkeel/lab/store";

class Ground {
  readonly clock = new FakeClock();
  readonly vault = new Vault(this.clock);
  readonly file = new MarkInMemory();
  readonly over = new AbortController();
  readonly other = this.vault.client();

  async open(store: RestorableStore = this.vault.client(), file = this.file): Promise<StoreMemory> {
    const memory = await StoreMemory.open({ store, key, clock: this.clock, log, file, by: "agent of hv1" });
    memory.run(this.over.signal).catch((error: unknown) => {
      throw error;
    });
    return memory;
  }

  async write(times: number): Promise<void> {
    for (let i = 0; i < times; i += 1) {
      await this.other.transact({ compare: [], then: [{ put: "x", value: String(i) }] });
    }
  }

  async record(): Promise<StoreRecord | null> {
    const item = await this.other.get(key);
    return item === null ? null : decode<StoreRecord>(item);
  }

  async end(): Promise<void> {
    this.over.abort();
    await this.clock.advance(0);
  }
}

describe("StoreMemory", () => {
  it("trusts nothing before its first look, and then whatever it finds at a first start", async () => {
    const ground = new Ground();
    const memory = await ground.open();
    assert.equal(memory.guard(), null);
    const trusted = untilTrusted(memory, ground.over.signal);
    await ground.clock.advance(0);
    await trusted;
    assert.deepEqual(memory.guard(), { key, modRevision: 0 });
    await ground.end();
  });

  it("remembers across restarts, freezes for all what went back, and keeps its own mark", async () => {
    const ground = new Ground();
    const then = ground.vault.core.capture();
    await ground.write(20);
    const first = await ground.open();
    await ground.clock.advance(2_000);
    first.sawEpoch(9);
    await ground.clock.advance(2_000);
    ground.vault.restore(then);
    await ground.write(10);
    const second = await ground.open();
    const innocent = await ground.open(ground.vault.client(), new MarkInMemory());
    await ground.clock.advance(4_000);
    const frozen = (await ground.record())?.frozen;
    assert.deepEqual(frozen?.seen, { storeId: "1", counter: 0, revision: 21, epoch: 9 });
    for (const memory of [first, second, innocent]) {
      assert.equal(memory.state.state, "frozen");
      assert.equal(memory.guard(), null);
    }
    await ground.end();
  });

  it("goes on as soon as a restore was accepted, and says that all must be read anew", async () => {
    const ground = new Ground();
    const memory = await ground.open();
    await ground.clock.advance(2_000);
    const { until } = memory;
    const record: StoreRecord = { counter: 3, frozen: null, accepted: { at: 1, by: "root" } };
    await ground.other.transact({ compare: [], then: [{ put: key, value: encode(record) }] });
    await ground.clock.advance(2_000);
    assert.equal(until.aborted, true);
    assert.deepEqual(memory.guard(), { key, modRevision: 2 });
    await ground.end();
  });

  it("is not misled by an answer that a later one overtook", async () => {
    const ground = new Ground();
    await ground.write(3);
    const memory = await ground.open();
    await ground.clock.advance(0);
    const highest = memory.highest();
    assert.equal(memory.confirm(highest, 8), true);
    assert.equal(memory.confirm(highest, 5), true, "it was asked for before 8 was seen");
    assert.equal(memory.highest(), 8);
    await ground.end();
  });

  it("freezes for an answer below what was seen when it was asked for, even if the store is beyond that by then", async () => {
    const ground = new Ground();
    await ground.write(10);
    const memory = await ground.open();
    await ground.clock.advance(0);
    assert.equal(memory.confirm(memory.highest(), 9), false);
    assert.equal(memory.guard(), null);
    await ground.write(5);
    await ground.clock.advance(2_000);
    assert.match((await ground.record())?.frozen?.why ?? "", /at revision 9, and 11 was seen/);
    await ground.end();
  });

  it("freezes itself where it may not write the record, and changes nothing while there is no answer", async () => {
    const ground = new Ground();
    await ground.write(10);
    const then = new Vault(ground.clock).core.capture();
    const store = ground.vault.client();
    const memory = await ground.open(store);
    await ground.clock.advance(0);
    const list = store.list.bind(store);
    store.list = () => Promise.reject(new StoreError("unreachable", "no answer"));
    await ground.clock.advance(60_000);
    assert.notEqual(memory.guard(), null);
    store.transact = (_: Transaction) => Promise.reject(new StoreError("denied", "not yours"));
    ground.vault.restore(then);
    store.list = list;
    await ground.clock.advance(4_000);
    assert.equal(memory.state.state, "frozen");
    assert.equal(await ground.record(), null);
    await ground.end();
  });
});
