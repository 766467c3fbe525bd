/**
 * Watches a simulation for broken laws, from the outside: it sees what befalls the guests and what is written down,
 * and knows nothing of why.
 */
import type { GuestEvent } from "../../agent/hypervisor/simulated/guest-event.ts";
import type { Vm } from "../../reconciler/model/desired.ts";
import type { NodeName, VmName } from "../../reconciler/model/names.ts";
import { reasonTable } from "../../reconciler/model/reasons.ts";
import type { ClusterReport } from "../../reconciler/model/report.ts";
import { Intents } from "./intents.ts";
import type { Violation } from "./log.ts";

export class Referee {
  readonly intents = new Intents();
  readonly violations: Violation[] = [];
  readonly #seconds: () => number;
  /** Where each VM runs. */
  readonly #running = new Map<VmName, NodeName>();
  readonly #approved = new Set<VmName>();

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

  /** @param decidedAt when the step that it belongs to was decided, in epoch milliseconds */
  witness(event: GuestEvent, decidedAt: number): void {
    const { vm, node } = event;
    switch (event.kind) {
      case "start":
        this.#begins(vm, node);
        this.#judgeStart(vm, node, decidedAt);
        return;
      case "resume":
        this.#begins(vm, node);
        return;
      case "stop":
        if (this.#running.get(vm) === node) this.#running.delete(vm);
        return;
      case "migrate-begin":
        this.#judgePlace(vm, event.to, decidedAt);
        return;
      case "migrate-end":
        if (event.result === "ok") this.#running.delete(vm);
        return;
      case "discard":
        return;
    }
  }

  /** A home is changed by intent, or given once. */
  homeChanged(vm: VmName, before: NodeName | null, after: NodeName | null, since: number): void {
    if (before === null || after === null) return;
    const asked = this.intents.since(since, vm).some((document) => document?.node === after);
    if (!asked) this.broken("homes", `the home of ${vm} went from ${before} to ${after}, and nobody asked`);
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

  #begins(vm: VmName, node: NodeName): void {
    const elsewhere = this.#running.get(vm);
    if (elsewhere !== undefined) this.broken("runs-once", `${vm} begins on ${node} and runs on ${elsewhere}`);
    this.#running.set(vm, node);
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
    for (const [other, at] of this.#running) {
      if (at !== node || other === vm) continue;
      const others = this.intents.since(decidedAt, other);
      if (!documents.some((one) => others.some((two) => mayShare(one, two)))) {
        this.broken("apart", `${vm} is brought to ${node}, where ${other} of its group runs`);
      }
    }
  }
}

function isWithinLimits(document: Vm, node: NodeName): boolean {
  return document.limits === null || document.limits.includes(node);
}

function mayShare(one: Vm | null, two: Vm | null): boolean {
  if (one === null || two === null) return true;
  return one.apart.every((group) => !two.apart.includes(group));
}
