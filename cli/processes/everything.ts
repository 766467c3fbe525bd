/** One machine's whole cluster, from its first process to its last: what `keel up` is, whoever watches it. */
import { writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { ClusterFeed } from "../../reconciler/control/cluster-feed.ts";
import type { Issue } from "../../reconciler/desired/issues/issue.ts";
import { renderIssues } from "../../reconciler/desired/issues/render-issues.ts";
import { FolderReader } from "../../reconciler/desired/load/folder-reader.ts";
import type { Loaded } from "../../reconciler/desired/load-result.ts";
import type { Desired } from "../../reconciler/model/desired.ts";
import type { Clock } from "../../reconciler/model/clock.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import { silentLog } from "../../reconciler/runtime/log.ts";
import { connectStore } from "../../reconciler/store/etcd/etcd-store.ts";
import { clusterKeys } from "../../reconciler/store/keys.ts";
import { type Store, StoreError } from "../../reconciler/store/store.ts";
import type { Cluster } from "../context.ts";
import type { LiveReport } from "../live-report.ts";
import type { Lent } from "../open-context.ts";
import { untilAborted } from "../until-aborted.ts";
import { applyFirst, firstRevision } from "./first-apply.ts";
import { awaitLeftovers } from "./leftovers.ts";
import type { Launch } from "./launch.ts";
import { LookAgain } from "./look-again.ts";
import { type ClusterFacts, Machinery } from "./machinery.ts";
import { nodesToRun } from "./nodes-to-run.ts";
import type { StateFolder } from "./state-folder.ts";

export interface EverythingOptions {
  readonly folder: StateFolder;
  /** Of the desired state, absolute. */
  readonly directory: string;
  /** Null: the folder says, at its first legal revision. */
  readonly clusterName: string | null;
  readonly host: string;
  readonly user: string;
  readonly launch: Launch;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly live: LiveReport;
  /** Called once the store serves and its records are known. */
  readonly onServing: (lent: Lent) => void;
  /** Tells people of something that happened to a part. */
  readonly tell: (what: string, text: string) => void;
}

/** Two looks at which nodes there should be are at least this far apart. */
const lookAtNodesEveryMs = 250;

/** Runs until `signal` is aborted; then ends every process that it started. @throws KeelError where it cannot start */
export async function runEverything(options: EverythingOptions, signal: AbortSignal): Promise<void> {
  const machinery = new Machinery(options);
  try {
    await new Everything(options, machinery).run(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    options.tell("keel", "ends all processes, the simulated guests too");
    await rm(options.folder.endpoint, { force: true });
    await machinery.end();
  }
}

class Everything {
  readonly #options: EverythingOptions;
  readonly #machinery: Machinery;
  readonly #reader: FolderReader;

  constructor(options: EverythingOptions, machinery: Machinery) {
    const { directory, clock, host } = options;
    this.#options = options;
    this.#machinery = machinery;
    this.#reader = new FolderReader({ folder: directory, clock, host, simulated: true });
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, folder, clusterName, tell } = this.#options;
    await awaitLeftovers(folder.run, clock, signal);
    // What is read now need not be read again when it is wanted.
    await Promise.all([abortable(this.#machinery.startStore(), signal), this.#reader.read(signal)]);
    writeFileSync(folder.endpoint, `${this.#machinery.endpoint}\n`, { mode: 0o600 });
    const name = clusterName ?? (await this.#firstRevision(signal)).desired.cluster.name;
    writeFileSync(folder.cluster, `${name}\n`, { mode: 0o600 });
    tell(`cluster/${name}`, `is kept at ${this.#machinery.endpoint}`);
    const store = connectStore({ endpoints: [this.#machinery.endpoint], clock });
    try {
      await this.#serve(name, store, signal);
    } finally {
      await store.close();
    }
  }

  async #serve(name: string, store: Store, signal: AbortSignal): Promise<void> {
    const { clock, live, onServing } = this.#options;
    const feed = new ClusterFeed({ store, root: clusterKeys(name).root, clock, log: silentLog });
    const feeding = feed.run(signal);
    await feed.reached(0, signal);
    live.follow(feed);
    onServing(lend({ name, keys: clusterKeys(name) }, store, feed, this.#machinery.endpoint));
    if (feed.state.applied.head === null) await this.#begin(name, store, feed, signal);
    else this.#machinery.startReconciler(factsOf(feed.state.desired, name));
    const look = () => this.#lookAtNodes(feed, name);
    const looks = new LookAgain({ clock, atMostEveryMs: lookAtNodesEveryMs, look });
    const unsubscribe = feed.subscribe(looks.soon);
    looks.soon();
    try {
      await untilAborted(signal);
      await feeding;
    } finally {
      unsubscribe();
      looks.close();
    }
  }

  /** On an empty store the folder is applied once. Its nodes boot meanwhile. */
  async #begin(name: string, store: Store, feed: ClusterFeed, signal: AbortSignal): Promise<void> {
    const { clock, random, user: by, host, tell } = this.#options;
    const loaded = await this.#firstRevision(signal);
    const { cluster, nodes } = loaded.desired;
    if (cluster.name !== name) throw new KeelError("cluster-renamed", { files: cluster.name, store: name });
    const facts = factsOf(loaded.desired, name);
    this.#machinery.startReconciler(facts);
    this.#machinery.setNodes(facts, new Set(nodes.keys()));
    const keys = clusterKeys(name);
    const head = await applyFirst(loaded, { store, keys, feed, clock, random, by, host });
    if (head === null) return;
    tell(`cluster/${name}`, `generation ${head.generation} is applied: the folder, as it was found`);
    await feed.reached(0, signal);
    while (feed.state.applied.head === null) await feed.changed(signal);
  }

  async #firstRevision(signal: AbortSignal): Promise<Loaded> {
    const { clock, live } = this.#options;
    const onIssues = (issues: readonly Issue[]) => this.#tellIssues(issues);
    const loaded = await firstRevision({ reader: this.#reader, clock, onIssues }, signal);
    live.explain(null);
    return loaded;
  }

  #tellIssues(issues: readonly Issue[]): void {
    const { live, tell } = this.#options;
    live.explain("the folder cannot be used yet: `keel validate` says why");
    tell("cluster.d", "cannot be used; it is applied as soon as it can:");
    tell("cluster.d", renderIssues(issues).trimEnd());
  }

  #lookAtNodes({ state }: ClusterFeed, name: string): void {
    try {
      if (state.applied.head !== null) this.#machinery.setNodes(factsOf(state.desired, name), nodesToRun(state));
    } catch (error) {
      // A state that cannot be read says nothing about nodes: those that run go on.
      if (!(error instanceof StoreError)) throw error;
      this.#options.tell(`cluster/${name}`, error.message);
    }
  }
}

function factsOf({ cluster }: Desired, name: string): ClusterFacts {
  return { name, leaseMs: cluster.fencing.leaseMs };
}

function lend(cluster: Cluster, store: Store, feed: ClusterFeed, endpoint: string): Lent {
  return {
    endpoints: async () => [endpoint],
    cluster: async () => cluster,
    store: async () => store,
    feed: async () => feed,
  };
}

/** The promise's end, unless the signal's abort comes first, which rejects. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = untilAborted(signal).then(() => Promise.reject(signal.reason));
  return Promise.race([promise, aborted]);
}
