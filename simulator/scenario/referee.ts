/**
 * Watches a simulation for broken laws, from the outside: it sees what befalls the guests and what is written down,
 * and knows nothing of why.
 */
import type { GuestEvent } from "../../agent/hypervisor/simulated/guest-event.ts";
import type { Vm } from "../../reconciler/model/desired.ts";
import type { NodeName, VmName } from "../../reconciler/model/names.ts";
import { reasonTable } from "../../reconciler/model/reasons.ts";
import type { ClusterReport } from "../../reconciler/model/report.ts";
import { findAtRest, isWithinLimits, mayShare } from "./at-rest.ts";
import { Intents } from "./intents.ts";
import type { Violation } from "./log.ts";
import { type RunningGuest, RunningGuests } from "./running-guests.ts";

/** What was decided may have been on its way to the store for so long, while it was edited away. */
const onItsWayMs = 1_000;

/** Of a maintenance, in epoch milliseconds; one that was withdrawn has no length. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

export class Referee {
  readonly intents = new Intents();
  readonly violations: Violation[] = [];
  readonly #seconds: () => number;
  readonly #running = new RunningGuests();
  readonly #approved = new Set<VmName>();
  readonly #overrides = new Map<NodeName | null, Span>();

  /** @param seconds the time, in seconds since the beginning */
  constructor(seconds: () => number) {
    this.#seconds = seconds;
  }

  broken(law: Violation["law"], text: string): void {
    this.violations.push({ at: this.#seconds(), law, text });
  }

  approve(vm: VmName): void {
    this.#approved.add(vm);
  }

  /** The latest of that node; null: of the cluster. */
  override(node: NodeName | null, time: Span): void {
    this.#overrides.set(node, time);
  }

  /** @param decidedAt when the step that it belongs to was decided, in epoch milliseconds */
  witness(event: GuestEvent, decidedAt: number): void {
    const { vm, node } = event;
    switch (event.kind) {
      case "start":
        this.#begins(event);
        this.#judgeStart(vm, node, decidedAt);
        return;
      case "resume":
        this.#begins(event);
        return;
      case "stop":
        this.#running.ends(event);
        return;
      case "relabel":
        this.#running.relabel(event);
        return;
      case "migrate-begin":
        this.#judgePlace(vm, event.to, decidedAt);
        return;
      case "migrate-end":
        if (event.result === "ok") this.#running.ends(event);
        return;
      case "discard":
        return;
    }
  }

  /** A home is changed by intent, or given once. */
  homeChanged(vm: VmName, before: NodeName | null, after: NodeName | null, at: number): void {
    if (before === null || after === null) return;
    const asked = this.intents.since(at - onItsWayMs, vm).some((document) => document?.node === after);
    if (!asked) this.broken("homes", `the home of ${vm} went from ${before} to ${after}, and nobody asked`);
  }

  /** @param at when the round was begun, in epoch milliseconds */
  cutting(node: NodeName, at: number): void {
    const desired = this.intents.at(at);
    const all = [desired?.cluster.maintenance, desired?.nodes.get(node)?.maintenance];
    const isOn = all.some((one) => one !== undefined && one.on && (one.until === null || at < one.until));
    const overrides = [this.#overrides.get(null), this.#overrides.get(node)];
    const isOverridden = overrides.some((one) => one !== undefined && one.from < at && at < one.until);
    if (isOn || isOverridden) this.broken("maintenance", `${node} is cut while maintenance is on`);
  }

  destroyed(vm: VmName): void {
    if (!this.#approved.has(vm)) this.broken("approved", `${vm} was destroyed, and nobody approved it`);
  }

  /** Everything has a reason of the list, at this moment. */
  inspect(report: ClusterReport): void {
    for (const { kind, name, reason } of [...report.vms, ...report.nodes]) {
      if (!Object.hasOwn(reasonTable, reason.code)) this.broken("reasons", `${kind}/${name} has no reason`);
    }
  }

  /**
   * Once nothing changes any more, all is as it is wanted, or what is in the way is told.
   *
   * @param volumes `pool/name` of each that exists, and of each that is still some VM's
   */
  inspectAtRest(
    report: ClusterReport,
    volumes: { readonly present: readonly string[]; readonly claimed: ReadonlySet<string> },
  ): void {
    for (const volume of volumes.present) {
      if (!volumes.claimed.has(volume)) this.broken("volumes", `${volume} is nobody's, and is still there`);
    }
    for (const { vm, volumes: used } of this.#running.all()) {
      for (const volume of used.filter((one) => !volumes.present.includes(one))) {
        this.broken("volumes", `${vm} runs, and its ${volume} was removed`);
      }
    }
    const desired = this.intents.latest();
    if (desired === null) return;
    for (const { law, text } of findAtRest(desired, report, this.#running.places())) this.broken(law, text);
  }

  #begins(event: GuestEvent): void {
    const { vm, node, uuid } = event;
    for (const other of this.#running.begins(event)) {
      if (other.uuid === uuid || other.vm === vm) {
        this.broken("runs-once", `${vm} begins on ${node} and runs on ${other.node}`);
      } else if (!this.#mayShareVolumes(event, other)) {
        this.broken(
          "volumes",
          `${vm} begins on ${node} with a volume that ${other.vm} uses on ${other.node}`,
        );
      }
    }
  }

  /** Both say so, or what they have in common is a name of a pool that each node has for itself. */
  #mayShareVolumes({ vm, node, volumes }: GuestEvent, other: RunningGuest): boolean {
    const desired = this.intents.latest();
    const common = volumes.filter((volume) => other.volumes.includes(volume));
    return common.every((volume) => {
      const pool = desired?.pools.get(volume.slice(0, volume.indexOf("/")));
      if (pool?.shared !== true && node !== other.node) return true;
      return [vm, other.vm].every((name) =>
        desired?.vms
          .get(name)
          ?.disks.some((d) => d.source === "volume" && `${d.pool}/${d.volume}` === volume && d.shared),
      );
    });
  }

  #judgeStart(vm: VmName, node: NodeName, decidedAt: number): void {
    const wanted = this.intents.since(decidedAt, vm).some((document) => document?.state === "running");
    if (!wanted) this.broken("wanted", `${vm} starts on ${node}, and nobody wants it running`);
    this.#judgePlace(vm, node, decidedAt);
  }

  #judgePlace(vm: VmName, node: NodeName, decidedAt: number): void {
    const documents = this.intents.since(decidedAt, vm);
    const allowed = documents.some((document) => document !== null && isWithinLimits(document, node));
    if (!allowed) this.broken("limits", `${vm} is brought to ${node}, outside of its limits`);
    for (const { vm: other } of this.#running.on(node)) {
      if (other === vm) continue;
      const others = this.intents.since(decidedAt, other);
      if (!documents.some((one) => others.some((two) => mayShareNode(one, two)))) {
        this.broken("apart", `${vm} is brought to ${node}, where ${other} of its group runs`);
      }
    }
  }
}

function mayShareNode(one: Vm | null, two: Vm | null): boolean {
  return one === null || two === null || mayShare(one, two);
}
