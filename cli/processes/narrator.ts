/** What happens in a cluster, told in sentences: for `keel up` without a terminal. */
import type { ObjectId } from "../../reconciler/model/names.ts";
import type {
  ClusterReport,
  EventReport,
  NodeReport,
  SourceReport,
  VmReport,
} from "../../reconciler/model/report.ts";

export interface Sentence {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly object: ObjectId | "cluster.d";
  readonly text: string;
}

/** States that a node passes through while it boots. */
const booting: ReadonlySet<string> = new Set(["unseen", "agent-down"]);

/** Tells what is new in each report since the one before. */
export class Narrator {
  readonly #told = new Map<string, number>();
  readonly #nodes = new Map<string, string>();
  #source = "";
  #isSettled = false;
  #isFirst = true;

  /** Of the first report only the states are told: what happened before is history. */
  look(report: ClusterReport, isBusy: boolean, now: number): readonly Sentence[] {
    const events = this.#newEvents(report.events);
    const sentences = [
      ...(this.#isFirst ? [] : events.map(({ at, object, text }) => ({ at, object, text }))),
      ...report.nodes.flatMap((node) => this.#node(node, now)),
      ...(report.source === null ? [] : this.#fromSource(report.source, now)),
      ...this.#settled(report, isBusy, now),
    ];
    this.#isFirst = false;
    return sentences;
  }

  #newEvents(events: readonly EventReport[]): readonly EventReport[] {
    const fresh = events.filter((event) => event.number > (this.#told.get(event.writer) ?? -1));
    for (const { writer, number } of fresh) {
      this.#told.set(writer, Math.max(number, this.#told.get(writer) ?? -1));
    }
    return fresh.toSorted((a, b) => a.at - b.at || a.number - b.number);
  }

  #node({ name, state, reason }: NodeReport, at: number): readonly Sentence[] {
    const before = this.#nodes.get(name);
    if (before === state || (before === undefined && booting.has(state))) return [];
    this.#nodes.set(name, state);
    const why = state === "ready" ? "" : `: ${reason.text}`;
    return [{ at, object: `Node/${name}`, text: `is ${state}${why}` }];
  }

  /** The folder's own news: that it cannot be used, or that edits wait. */
  #fromSource(source: SourceReport, at: number): readonly Sentence[] {
    const texts = sourceTexts(source);
    const all = texts.join("\n");
    if (all === this.#source) return [];
    this.#source = all;
    return texts.map((text) => ({ at, object: "cluster.d", text }));
  }

  #settled(
    { nodes, vms, generation, cluster }: ClusterReport,
    isBusy: boolean,
    at: number,
  ): readonly Sentence[] {
    const isSettled = !isBusy && generation > 0 && !nodes.some(({ state }) => booting.has(state));
    const isNews = isSettled && !this.#isSettled;
    this.#isSettled = isSettled;
    if (!isNews) return [];
    const ready = nodes.filter(({ alive }) => alive).length;
    const text = `settled: ${ready} of ${nodes.length} nodes alive, ${vmCounts(vms)}`;
    return [{ at, object: `Cluster/${cluster}`, text }];
  }
}

function sourceTexts({ status, problems, pending }: SourceReport): readonly string[] {
  if (status === "reading") return [];
  if (status === "stale") return ["is stale: only `keel apply` by hand applies it", ...problems];
  if (status !== "ok") return [`is ${status}: what was applied stays in force`, ...problems];
  if (pending?.hasChanges !== true) return [];
  const waiting = pending.changes.length === 1 ? "1 change waits" : `${pending.changes.length} changes wait`;
  return [`${waiting} for \`keel apply\``];
}

/** `5 VMs running, 1 stopped`. */
function vmCounts(vms: readonly VmReport[]): string {
  const running = vms.filter(({ state }) => state === "running").length;
  const others = new Map<string, number>();
  for (const { state } of vms) {
    if (state !== "running") others.set(state, (others.get(state) ?? 0) + 1);
  }
  const words = [...others].map(([state, count]) => `${count} ${state}`);
  return [`${running} ${running === 1 ? "VM" : "VMs"} running`, ...words].join(", ");
}
