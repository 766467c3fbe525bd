/** What an apply of 10,000 VMs costs: the first one, and one edit; on the embedded server and on three members of etcd. */
import { randomBytes } from "node:crypto";
import { ClusterState } from "../reconciler/control/cluster-state.ts";
import { commitProposal } from "../reconciler/control/commit.ts";
import { propose } from "../reconciler/control/propose.ts";
import type { ProposeOptions } from "../reconciler/control/propose.ts";
import { resolveDocuments } from "../reconciler/desired/resolve-documents.ts";
import type { Loaded } from "../reconciler/desired/load-result.ts";
import { objectId } from "../reconciler/model/names.ts";
import { systemClock } from "../reconciler/runtime/system-clock.ts";
import { connectStore } from "../reconciler/store/etcd/etcd-store.ts";
import { clusterKeys } from "../reconciler/store/keys.ts";
import type { Store, Transaction } from "../reconciler/store/store.ts";
import { startEtcdCluster } from "../test/support/etcd-cluster.ts";
import { missingEtcd } from "../test/support/etcd.ts";
import { startEmbedded } from "../test/support/etcd-embedded.ts";
import type { Document } from "../test/support/plan/model-cluster.ts";
import { documents } from "./generated-cluster.ts";
import type { Report } from "./report.ts";

export const name = "apply";

const vms = 10_000;
const nodes = 100;

export async function run(report: Report): Promise<void> {
  const embedded = await startEmbedded();
  try {
    await measure(report, "embedded", [embedded.endpoint]);
  } finally {
    await embedded.close();
  }
  if (missingEtcd() !== null) return;
  const etcd = await startEtcdCluster({ members: 3, extraArgs: ["--unsafe-no-fsync=false"] });
  try {
    await measure(report, "three members of etcd", etcd.endpoints);
  } finally {
    await etcd.close();
  }
}

async function measure(report: Report, label: string, endpoints: readonly string[]): Promise<void> {
  const store = connectStore({ endpoints, clock: systemClock });
  const keys = clusterKeys("bench");
  const written = documents(vms, nodes);
  const edited = written.map((document) =>
    document.name === "vm7" ? { ...document, memory: "4GiB" } : document,
  );
  try {
    for (const [what, all] of [
      ["first apply", written],
      ["one edit", edited],
    ] as const) {
      const { items, revision } = await store.list(keys.root);
      const state = new ClusterState(keys.root);
      state.load(items, revision);
      const proposal = propose(state, loadedOf(all), options);
      const counted = new CountingStore(store);
      const began = performance.now();
      const by = { by: "bench", now: 0, commit: null, host: "here" };
      await commitProposal(counted.store, keys, proposal, by);
      report.figure(`${what}, ${label}`, performance.now() - began, "ms");
      report.figure(`  transactions`, counted.transactions, "");
      report.figure(`  written`, counted.bytes / 2 ** 20, "MiB");
    }
  } finally {
    await store.close();
  }
}

const options: ProposeOptions = { now: 0, random: randomBytes, allowDestroy: null, warnings: [] };

function loadedOf(all: readonly Document[]): Loaded {
  const byId = new Map(all.map((document) => [objectId(document.kind, document.name), document]));
  const loaded = resolveDocuments(byId, { host: "here", simulated: true });
  if (!loaded.ok) throw new Error(loaded.issues[0]?.message ?? "the documents are not legal");
  return loaded;
}

/** Counts what is written through it. */
class CountingStore {
  transactions = 0;
  bytes = 0;
  readonly store: Store;

  constructor(store: Store) {
    this.store = {
      get: (key) => store.get(key),
      list: (prefix) => store.list(prefix),
      watch: (prefix, after, signal) => store.watch(prefix, after, signal),
      grant: (ttlMs) => store.grant(ttlMs),
      close: () => store.close(),
      transact: (transaction) => {
        this.#count(transaction);
        return store.transact(transaction);
      },
    };
  }

  #count({ then }: Transaction): void {
    this.transactions += 1;
    for (const operation of then) {
      if ("put" in operation)
        this.bytes += Buffer.byteLength(operation.put) + Buffer.byteLength(operation.value);
    }
  }
}
