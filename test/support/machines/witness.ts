/** What befell the guests of machines that are processes, told by the machines themselves into one file. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import type { GuestEvent } from "../../../agent/hypervisor/simulated/guest-event.ts";
import { decode } from "../../../reconciler/store/codec.ts";
import type { NodeName, VmName } from "../../../reconciler/model/names.ts";

/** All guests of the machine had ended by then. */
interface PowerOff {
  readonly kind: "power-off";
  readonly node: NodeName;
  readonly at: number;
}

export type Testimony = GuestEvent | PowerOff;

export class Witness {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** In the order in which it was told. */
  get all(): readonly Testimony[] {
    if (!existsSync(this.path)) return [];
    const lines = readFileSync(this.path, "utf8").split("\n");
    // The last one has no end yet, where somebody is writing it.
    return lines.slice(0, -1).map((value) => decode<Testimony>({ key: this.path, value }));
  }

  /** `start hv1`, `stop hv1`, …: of one VM. */
  story(vm: VmName): readonly string[] {
    return this.all.flatMap((each) => ("vm" in each && each.vm === vm ? [`${each.kind} ${each.node}`] : []));
  }

  /** Where each VM runs by now. @throws AssertionError where one ever began to run while it ran */
  whereabouts(): ReadonlyMap<VmName, NodeName> {
    const running = new Map<VmName, NodeName>();
    for (const told of this.all) {
      if (told.kind === "power-off") endAll(running, told.node);
      else follow(running, told);
    }
    return running;
  }
}

function endAll(running: Map<VmName, NodeName>, node: NodeName): void {
  for (const [vm, where] of running) if (where === node) running.delete(vm);
}

function follow(running: Map<VmName, NodeName>, told: GuestEvent): void {
  const { vm, node, kind } = told;
  if (kind === "start" || kind === "resume") {
    assert.equal(running.get(vm), undefined, `${vm} began on ${node} while it ran`);
    running.set(vm, node);
  }
  if (kind === "stop" || (kind === "migrate-end" && told.result === "ok")) running.delete(vm);
}
