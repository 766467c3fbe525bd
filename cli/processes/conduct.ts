/** What `keel up` does besides running processes: it follows the cluster, and decides which nodes there are. */
import { writeFileSync } from "node:fs";
import { ClusterFeed } from "../../reconciler/control/cluster-feed.ts";
import type { Issue } from "../../reconciler/desired/issues/issue.ts";
import { renderIssues } from "../../reconciler/desired/issues/render-issues.ts";
import { FolderReader } from "../../reconciler/desired/load/folder-reader.ts";
import { installedSchema } from "../../reconciler/domain-xml/schema/installed-schema.ts";
import type { Loaded } from "../../reconciler/desired/load-result.ts";
import type { Desired } from "../../reconciler/model/desired.ts";
import type { Clock } from "../../reconciler/model/clock.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import { silentLog } from "../../reconciler/runtime/log.ts";
import { connectStore } from "../../reconciler/store/etcd/etcd-store.ts";
import { clusterKeys } from "../../reconciler/store/keys.ts";
import { type Store, StoreError } from "../../reconciler/store/store.ts";
import type { Cluster, Lent } from "../context.ts";
import type { LiveReport } from "../live-report.ts";
import { gitCommit } from "../git-commit.ts";
import { together } from "../together.ts";
import { abortable, untilAborted } from "../until-aborted.ts";
import { applyFirst, firstRevision } from "./first-apply.ts";
import { LookAgain } from "./look-again.ts";
import type { ClusterFacts, Machinery } from "./machinery.ts";
import { nodesToRun } from "./nodes-to-run.ts";
import type { StateFolder } from "./state-folder.ts";

export interface ConductOptions {
  readonly machinery: Machinery;
  readonly folder: StateFolder;
  /** Of the desired state, absolute. */
  readonly directory: string;
  /** Null: the folder says, at its first legal revision. */
  readonly clusterName: string | null;
  readonly host: string;
  readonly user: string;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly live: LiveReport;
  /** Called once the store serves and its records are known. */
  readonly onServing: (lent: Lent) => void;
  /** Tells people of something that happened. */
  readonly tell: (what: string, text: string) => void;
}

/** Two looks at which nodes there should be are at least this far apart. */
const lookAtNodesEveryMs = 250;

/**
 * From a store that serves to a cluster that runs, and on until `signal` is aborted. The processes are the caller's to
 * end. @throws KeelError `cluster-renamed`, StoreError
 */
export async function conduct(
  options: ConductOptions,
  storeReady: Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  await new Conductor(options).run(storeReady, signal);
}

class Conductor {
  readonly #options: ConductOptions;
  readonly #reader: FolderReader;

  constructor(options: ConductOptions) {
    const { directory, clock, host } = options;
    this.#options = options;
    this.#reader = new FolderReader({
      folder: directory,
      clock,
      host,
      simulated: true,
      domainSchema: installedSchema,
    });
  }

  async run(storeReady: Promise<void>, signal: AbortSignal): Promise<void> {
    const { clock, folder, machinery, clusterName, tell } = this.#options;
    // Read while the store starts: what is known then need not be read again when it is wanted.
    await Promise.all([abortable(storeReady, signal), this.#reader.read(signal)]);
    writeFileSync(folder.endpoint, `${machinery.endpoint}\n`, { mode: 0o600 });
    const name = clusterName ?? (await this.#firstRevision(signal)).desired.cluster.name;
    writeFileSync(folder.cluster, `${name}\n`, { mode: 0o600 });
    tell(`cluster/${name}`, `is kept at ${machinery.endpoint}`);
    const store = connectStore({ endpoints: [machinery.endpoint], clock });
    try {
      await this.#serve(name, store, signal);
    } finally {
      await store.close();
    }
  }

  async #serve(name: string, store: Store, signal: AbortSignal): Promise<void> {
    const { clock, live, machinery, onServing } = this.#options;
    const keys = clusterKeys(name);
    const feed = new ClusterFeed({ store, root: keys.root, clock, log: silentLog });
    live.follow(feed);
    const follow = async (until: AbortSignal): Promise<void> => {
      await feed.reached(0, until);
      onServing(lend({ name, keys }, store, feed, machinery.endpoint));
      machinery.startApi();
      if (feed.state.applied.head === null) await this.#begin(name, store, feed, until);
      else machinery.startReconciler(factsOf(feed.state.desired, name));
      await this.#keepNodes(name, feed, until);
    };
    await together([(until) => feed.run(until), follow], signal);
  }

  /** On an empty store the folder is applied once. Its nodes boot meanwhile. */
  async #begin(name: string, store: Store, feed: ClusterFeed, signal: AbortSignal): Promise<void> {
    const { clock, random, machinery, directory, user: by, host, tell } = this.#options;
    const loaded = await this.#firstRevision(signal);
    const { cluster, nodes } = loaded.desired;
    if (cluster.name !== name) throw new KeelError("cluster-renamed", { files: cluster.name, store: name });
    const facts = factsOf(loaded.desired, name);
    machinery.startReconciler(facts);
    machinery.setNodes(facts, new Set(nodes.keys()));
    if (loaded.warnings.length > 0) tell("cluster.d", renderIssues(loaded.warnings).trimEnd());
    const commit = await gitCommit(directory, signal);
    const options = { store, keys: clusterKeys(name), feed, clock, random, by, host, commit };
    const head = await applyFirst(loaded, options, signal);
    if (head !== null)
      tell(`cluster/${name}`, `generation ${head.generation} is applied: the folder, as found`);
    while (feed.state.applied.head === null) await feed.changed(signal);
  }

  /** Nodes come and go with what is applied. */
  async #keepNodes(name: string, feed: ClusterFeed, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const look = () => this.#lookAtNodes(feed, name);
    const looks = new LookAgain({ clock, atMostEveryMs: lookAtNodesEveryMs, look });
    const unsubscribe = feed.subscribe(looks.soon);
    looks.soon();
    await untilAborted(signal);
    unsubscribe();
    looks.close();
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
    const { machinery, live } = this.#options;
    try {
      const facts = factsOf(state.desired, name);
      machinery.setNodes(facts, nodesToRun(state, machinery.knownNodes()));
    } catch (error) {
      // A state that cannot be read says nothing about nodes: those that run go on.
      if (!(error instanceof StoreError)) throw error;
      live.explain(error.message);
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
