import { unreachable } from "../../../../reconciler/model/unreachable.ts";
import type { VmName } from "../../../../reconciler/model/names.ts";
import type { Habits } from "../habits.ts";
import type { SimulatedMachine } from "../machine.ts";
import type { SimulatedHypervisor } from "../simulated-hypervisor.ts";
import type { Calls, GuestAct } from "./protocol.ts";

const nothing = {};

/** What a host does for each call. */
export function hostCalls(machine: SimulatedMachine, hypervisor: SimulatedHypervisor, habits: Habits): Calls {
  const done = () => nothing;
  return {
    "read": (_, signal) => hypervisor.read(signal),
    "machine": (_, signal) => hypervisor.machine(signal),
    "start": ({ spec, epoch }, signal) => hypervisor.start(spec, epoch, signal).then(done),
    "press-power": ({ vm }, signal) => hypervisor.pressPower(vm, signal).then(done),
    "cut": ({ vm }, signal) => hypervisor.cut(vm, signal).then(done),
    "change": ({ vm, change }, signal) => hypervisor.change(vm, change, signal).then(done),
    "adopt": ({ spec, epoch }, signal) => hypervisor.adopt(spec, epoch, signal).then(done),
    "relabel": ({ from, to }, signal) => hypervisor.relabel(from, to, signal).then(done),
    "migrate": ({ vm, target }, signal) => hypervisor.migrate(vm, target, signal).then(done),
    "abort-migration": ({ vm }, signal) => hypervisor.abortMigration(vm, signal).then(done),
    "resume": ({ vm }, signal) => hypervisor.resume(vm, signal).then(done),
    "remove-volume": ({ disk }, signal) => hypervisor.removeVolume(disk, signal).then(done),
    "forget-end": ({ vm }, signal) => hypervisor.forgetEnd(vm, signal).then(done),

    "receive": at(({ copy }) => machine.receive(copy)),
    "hand-over": at(({ vm, epoch }) => machine.handOver(vm, epoch)),
    "drop": at(({ vm, epoch }) => machine.drop(vm, epoch)),

    "identity": async () => ({ node: machine.node, bootId: machine.bootId, powered: machine.powered }),
    "power": at(({ to }) => (to === "on" ? machine.powerOn() : machine.powerOff())),
    "guest": at(({ vm, act }) => befall(vm, act, machine, habits)),
    "migration": at(({ vm, habit }) => habits.setMigration(vm, habit)),
  };
}

/** A call that is done at once. */
function at<T>(act: (takes: T) => void): (takes: T) => Promise<typeof nothing> {
  return async (takes) => {
    act(takes);
    return nothing;
  };
}

function befall(vm: VmName, act: GuestAct, machine: SimulatedMachine, habits: Habits): void {
  switch (act) {
    case "crash":
      machine.crash(vm);
      break;
    case "poweroff":
      machine.switchOff(vm);
      break;
    case "ignore-acpi":
      habits.setAcpi(vm, "ignore");
      break;
    case "obey-acpi":
      habits.setAcpi(vm, "obey");
      break;
    default:
      unreachable(act);
  }
}
