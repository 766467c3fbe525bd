/** Applies and collections on an in-memory store, whose every instant is looked at. Nobody carries anything out. */
import assert from "node:assert/strict";
import { ClusterState } from "../../reconciler/control/cluster-state.ts";
import { collect, type Collected } from "../../reconciler/control/collect.ts";
import { commitProposal } from "../../reconciler/control/commit.ts";
import { digestOf, type Head } from "../../reconciler/control/desired-objects.ts";
import { readHistory } from "../../reconciler/control/history.ts";
import { propose } from "../../reconciler/control/propose.ts";
import { resolveDocuments } from "../../reconciler/desired/resolve-documents.ts";
import { ResolveMemory } from "../../reconciler/desired/resolve/resolve-memory.ts";
import { StoreCore } from "../../reconciler/store/core/store-core.ts";
import type { Loaded } from "../../reconciler/desired/load-result.ts";
import type { Identity } from "../../reconciler/model/journal.ts";
import type { ObjectId, VmName } from "../../reconciler/model/names.ts";
import { decode } from "../../reconciler/store/codec.ts";
import { type ClusterKeys, clusterKeys } from "../../reconciler/store/keys.ts";
import { MemoryStore } from "../../reconciler/store/memory/memory-store.ts";
import type { Compare, Store } from "../../reconciler/store/store.ts";
import { FakeClock } from "./fake-clock.ts";
import type { Document } from "./plan/model-cluster.ts";

export type Documents = ReadonlyMap<ObjectId, Document>;

/** Compiled schemas and resolved documents, shared by all of a test run. */
const memory = new ResolveMemory();

export interface ApplyOptions {
  readonly store?: Store;
  readonly base?: ClusterState;
}

export class Applies {
  readonly keys: ClusterKeys = clusterKeys("lab");
  readonly clock = new FakeClock();
  readonly #core = new StoreCore({ clock: this.clock });
  /** Identities of VMs that a head ever named: they never change any more. */
  readonly #used = new Map<VmName, Identity>();
  #looked = 0;
  #bytes = 0;
  /** A client of the store; after each of its transactions a reader looks at all that is there. */
  client(): Store {
    const store = new MemoryStore({ core: this.#core, clock: this.clock });
    return {
      get: (key) => store.get(key),
      list: (prefix) => store.list(prefix),
      watch: (prefix, after, signal) => store.watch(prefix, after, signal),
      grant: (ttlMs) => store.grant(ttlMs),
      close: () => store.close(),
      transact: async (transaction) => {
        const result = await store.transact(transaction);
        await this.look();
        return result;
      },
    };
  }
  async state(): Promise<ClusterState> {
    const { items, revision } = await new MemoryStore({ core: this.#core, clock: this.clock }).list(
      this.keys.root,
    );
    const state = new ClusterState(this.keys.root);
    state.load(items, revision);
    return state;
  }
  /** One apply, made on `base`; as things stand where that is left out. */
  async apply(documents: Documents, options: ApplyOptions = {}): Promise<Head> {
    const { store = this.client(), base = await this.state() } = options;
    const proposal = propose(base, loadedOf(documents), {
      now: 0,
      random: (count) => this.#random(count),
      allowDestroy: null,
      warnings: [],
    });
    const by = { by: "ops", now: 0, commit: null, host: "here" };
    return commitProposal(store, this.keys, proposal, by);
  }
  collect(store: Store = this.client(), guard: readonly Compare[] = []): Promise<Collected> {
    return collect({ store, keys: this.keys, guard, now: 0 });
  }
  /** What a reader sees is one generation, whole, and every VM in it has the identity that it always had. */
  async look(): Promise<void> {
    const { items } = await new MemoryStore({ core: this.#core, clock: this.clock }).list(this.keys.root);
    const values = new Map(items.map((item) => [item.key, item]));
    const headItem = values.get(this.keys.head);
    if (headItem === undefined) return;
    for (const digest of Object.values(decode<Head>(headItem).parts)) {
      const object = values.get(this.keys.object(digest));
      assert.ok(object, `the head names object ${digest}, which is not there`);
      assert.equal(digestOf(object.value), digest);
    }
    if (headItem.modRevision !== this.#looked) await this.#lookClosely();
    this.#looked = headItem.modRevision;
    for (const [name, before] of this.#used) {
      const item = values.get(this.keys.identity(name));
      assert.ok(item, `the identity of ${name} is gone`);
      const { uuid, macs } = decode<Identity>(item);
      // Only what a new NIC lacked may have come.
      assert.deepEqual(
        [uuid, macs],
        [before.uuid, { ...macs, ...before.macs }],
        `${name} is another one now`,
      );
    }
  }
  async #lookClosely(): Promise<void> {
    const { applied, desired, identities } = await this.state();
    const documents = new Map([...applied.documents].map(([id, { document }]) => [id, document]));
    assert.equal(loadedOf(documents).digest, applied.head?.digest, "the documents are those of the head");
    for (const name of desired.vms.keys()) {
      const identity = identities.get(name);
      assert.ok(identity, `${name} is in force without an identity`);
      if (!this.#used.has(name)) this.#used.set(name, identity);
    }
  }
  /** Objects that neither the head nor a kept generation names. */
  async orphans(): Promise<readonly string[]> {
    const store = this.client();
    const { items } = await store.list(this.keys.objects);
    const named = new Set((await readHistory(store, this.keys)).flatMap(({ parts }) => Object.values(parts)));
    return items.map(({ key }) => key.slice(this.keys.objects.length)).filter((digest) => !named.has(digest));
  }
  #random(count: number): Uint8Array {
    this.#bytes += 1;
    const bytes = new Uint8Array(count);
    new DataView(bytes.buffer).setUint16(Math.max(0, count - 2), this.#bytes % 65_536);
    return bytes;
  }
}
export function loadedOf(documents: Documents): Loaded {
  const loaded = resolveDocuments(documents, { host: "here", simulated: true, memory });
  assert.ok(loaded.ok, loaded.ok ? "" : loaded.issues.map(({ message }) => message).join());
  return loaded;
}
