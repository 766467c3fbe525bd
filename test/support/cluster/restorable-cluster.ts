/** Reconciler, agents and heartbeats that remember their store, on a store that can be set back; and a witness. */
import assert from "node:assert/strict";
import { runAgent } from "../../../agent/agent.ts";
import { runHeartbeat } from "../../../agent/heartbeat.ts";
import type { SimulatedMachine } from "../../../agent/hypervisor/simulated/machine.ts";
import { SimulatedNetwork } from "../../../agent/hypervisor/simulated/network.ts";
import { SimulatedHypervisor } from "../../../agent/hypervisor/simulated/simulated-hypervisor.ts";
import { acceptRestore } from "../../../reconciler/control/accept-restore.ts";
import { ClusterFeed } from "../../../reconciler/control/cluster-feed.ts";
import { ClusterState } from "../../../reconciler/control/cluster-state.ts";
import { commitProposal } from "../../../reconciler/control/commit.ts";
import { propose } from "../../../reconciler/control/propose.ts";
import { runReconciler } from "../../../reconciler/control/reconciler.ts";
import { type RestoreReview, reviewRestore } from "../../../reconciler/control/review-restore.ts";
import { resolveDocuments } from "../../../reconciler/desired/resolve-documents.ts";
import { type NodeName, objectId, type ObjectId, type VmName } from "../../../reconciler/model/names.ts";
import { silentLog as log } from "../../../reconciler/runtime/log.ts";
import { decodeText } from "../../../reconciler/store/core/bytes.ts";
import type { CoreState } from "../../../reconciler/store/core/store-core.ts";
import { clusterKeys } from "../../../reconciler/store/keys.ts";
import type { Store } from "../../../reconciler/store/store.ts";
import { type MarkFile, MarkInMemory } from "../../../reconciler/store/trust/mark-file.ts";
import { StoreMemory } from "../../../reconciler/store/trust/store-memory.ts";
import { FakeClock } from "../fake-clock.ts";
import { type Document, node } from "../plan/model-cluster.ts";
import { type RestorableStore, Vault } from "./restorable-store.ts";

const nobody = { dead: new Set<NodeName>(), unknown: new Set<VmName>() };

export class RestorableCluster {
  readonly clock = new FakeClock();
  readonly keys = clusterKeys("lab");
  readonly network = new SimulatedNetwork();
  readonly vault = new Vault(this.clock);
  /** What befell the guests, in order. */
  readonly story: string[] = [];
  readonly agents = new Map<NodeName, RestorableStore>();
  readonly #machines = new Map<NodeName, SimulatedMachine>();
  readonly #documents = new Map<ObjectId, Document>();
  readonly #marks = new Map<string, MarkFile>();
  readonly #parts = new Map<string, AbortController>();
  readonly #running: Promise<unknown>[] = [];
  readonly #where = new Map<VmName, NodeName>();
  readonly #store: RestorableStore;
  #random = 0;

  constructor(nodes: readonly NodeName[]) {
    this.#store = this.vault.client();
    for (const name of nodes) {
      this.#documents.set(objectId("Node", name), node(name));
      const machine = this.network.add({ node: name, clock: this.clock });
      this.#machines.set(name, machine);
      machine.onGuest((event) => {
        this.story.push(`${event.kind} ${event.vm} ${event.node}`);
        if (event.kind === "start" || event.kind === "resume") {
          assert.equal(this.#where.get(event.vm), undefined, `${event.vm} runs twice`);
          this.#where.set(event.vm, event.node);
        } else if (event.kind === "stop" || (event.kind === "migrate-end" && event.result === "ok")) {
          this.#where.delete(event.vm);
        }
      });
      this.startHeartbeat(name);
      this.startAgent(name);
    }
    this.startReconciler("r1");
  }

  startReconciler(id: string): void {
    this.#start(`reconciler of ${id}`, (store, signal, trust) => {
      const feed = new ClusterFeed({ store, root: this.keys.root, clock: this.clock, log });
      const { clock, keys } = this;
      return Promise.all([
        feed.run(signal),
        runReconciler({ store, keys, clock, log, feed, id, trust }, signal),
      ]);
    });
  }

  startHeartbeat(name: NodeName): void {
    const { bootId } = this.#machine(name);
    const common = { node: name, cluster: "lab", clock: this.clock, log, bootId };
    this.#start(`heartbeat of ${name}`, (store, signal) =>
      runHeartbeat({ ...common, store, machineId: name, address: null }, signal),
    );
  }

  startAgent(name: NodeName): void {
    const machine = this.#machine(name);
    const { bootId } = machine;
    const common = { node: name, cluster: "lab", clock: this.clock, log, bootId };
    const store = this.#start(`agent of ${name}`, (its, signal, trust) =>
      runAgent(
        {
          ...common,
          store: its,
          version: "test",
          hypervisor: new SimulatedHypervisor(machine, this.clock),
          trust,
        },
        signal,
      ),
    );
    this.agents.set(name, store);
  }

  /** As SIGKILL does; what it kept on its disk stays. */
  kill(part: string): void {
    this.#parts.get(part)?.abort(new Error("killed"));
    this.#parts.delete(part);
  }

  /** Its guests die with it. */
  powerOff(name: NodeName): void {
    this.#machine(name).powerOff();
    this.kill(`agent of ${name}`);
    this.kill(`heartbeat of ${name}`);
  }

  async apply(...documents: readonly Document[]): Promise<void> {
    for (const document of documents) this.#documents.set(objectId(document.kind, document.name), document);
    const loaded = resolveDocuments(this.#documents, { host: "here", simulated: true });
    assert.ok(loaded.ok);
    const random = (count: number) => Uint8Array.from({ length: count }, () => (this.#random += 37) % 256);
    const options = { now: this.clock.now(), random, allowDestroy: null, warnings: [] };
    const proposal = propose(await this.state(), loaded, options);
    const by = { by: "test", now: this.clock.now(), commit: null, host: "here" };
    await commitProposal(this.#store, this.keys, proposal, by);
  }

  async state(): Promise<ClusterState> {
    const { items, revision } = await this.#store.list(this.keys.root);
    const state = new ClusterState(this.keys.root);
    state.load(items, revision);
    return state;
  }

  /** The store as it is at the moment when somebody writes a key that begins so. */
  captureAt(prefix: string): () => CoreState {
    const { core } = this.vault;
    let captured: CoreState | null = null;
    const unsubscribe = core.subscribe((effect) => {
      if (effect.kind !== "commit") return;
      if (!effect.changes.some(({ key, after }) => after !== null && decodeText(key).startsWith(prefix)))
        return;
      captured = core.capture();
      unsubscribe();
    });
    return () => {
      assert.ok(captured, `nobody wrote ${prefix}`);
      return captured;
    };
  }

  async review(word: Partial<typeof nobody> = {}): Promise<RestoreReview | null> {
    return reviewRestore(await this.state(), { ...nobody, ...word });
  }

  async accept(word: Partial<typeof nobody> = {}): Promise<void> {
    const review = await this.review(word);
    assert.ok(review, "it is not frozen");
    await acceptRestore(this.#store, this.keys, review, { by: "test", now: this.clock.now() });
  }

  runningAt(vm: VmName): NodeName | null {
    return this.#where.get(vm) ?? null;
  }

  async end(): Promise<void> {
    for (const part of this.#parts.keys()) this.kill(part);
    await this.clock.advance(10_000);
    await Promise.all(this.#running);
    this.vault.core.close();
  }

  #machine(name: NodeName) {
    const machine = this.#machines.get(name);
    assert.ok(machine, name);
    return machine;
  }

  /** Each part remembers the store; its memory outlives it, as a file does. */
  #start(
    by: string,
    body: (store: Store, signal: AbortSignal, trust: StoreMemory) => Promise<unknown>,
  ): RestorableStore {
    const store = this.vault.client();
    const over = new AbortController();
    this.#parts.set(by, over);
    const file = this.#marks.get(by) ?? new MarkInMemory();
    this.#marks.set(by, file);
    const run = async (): Promise<void> => {
      const { clock, keys } = this;
      const trust = await StoreMemory.open({ store, key: keys.store, clock, log, file, by });
      await Promise.all([trust.run(over.signal), body(store, over.signal, trust)]);
    };
    this.#running.push(
      run().catch((error: unknown) => {
        if (!over.signal.aborted) throw error;
      }),
    );
    return store;
  }
}
