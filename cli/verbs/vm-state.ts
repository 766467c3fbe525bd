/** `keel vm start|shutdown|poweroff|disable|destroy`: an edit of `state`. */
import type { Wish } from "../../reconciler/control/requests.ts";
import type { Vm } from "../../reconciler/model/desired.ts";
import type { VmName } from "../../reconciler/model/names.ts";
import type { ReasonCode } from "../../reconciler/model/reasons.ts";
import type { Goal, Look } from "../follow/goal.ts";
import { vmIs } from "./goals.ts";
import type { Verb } from "./verb.ts";
import { setVmFields } from "./vm-fields.ts";

const doing: Readonly<Record<Vm["state"], string>> = {
  running: "Starting",
  stopped: "Shutting down",
  poweroff: "Powering off",
  disabled: "Disabling",
  absent: "Destroying",
};

export function setVmState(written: readonly string[], state: Vm["state"]): Verb {
  return setVmFields(written, {
    doing: doing[state],
    fields: ["state"],
    patch: ({ vm }) => (vm.state === state ? {} : { state }),
    goal: ({ name }) => vmIsAsWanted(name, state),
    ...(state === "running" ? { wishes: (names) => (look) => startingsOf(look, names) } : {}),
  });
}

/** null: it takes more than that. */
export function vmIsAsWanted(name: VmName, state: Vm["state"]): Goal | null {
  switch (state) {
    case "running":
      return vmIs(name, "running");
    case "stopped":
    case "poweroff":
      return vmIs(name, "stopped");
    case "disabled":
      return vmIs(name, "disabled");
    case "absent":
      // Somebody has to approve it first.
      return null;
  }
}

/** What it takes to start VMs that the files want running, and that are off. */
function startingsOf(look: Look, names: readonly VmName[]): readonly Wish[] {
  return names.flatMap((vm): readonly Wish[] => {
    if (isHeld(look, vm)) return [{ kind: "release", vm }];
    return takesRetry(look, vm) ? [{ kind: "retry", vm }] : [];
  });
}

export function isHeld({ state }: Look, vm: VmName): boolean {
  return state.placements.get(vm)?.placement.held != null;
}

/** What `keel why` says of a VM that another try is for: what failed, and what maintenance keeps back. */
export const retryReasons: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "back-off",
  "crash-loop",
  "ended-by-guest",
  "migration-failed",
  "recovery-in-maintenance",
  "restart-policy-never",
  "shutdown-timed-out",
  "volume-missing",
]);

/** Another try of it would be something new: it failed, crashed, switched itself off or is kept back, and waits. */
export function takesRetry({ state, plan }: Look, vm: VmName): boolean {
  const view = plan.vms.get(vm);
  const tries = state.tries.get(vm);
  if (state.placements.get(vm)?.placement.ended != null) return true;
  // Of its first crash nothing is remembered before the restart.
  if (view !== undefined && retryReasons.has(view.reason.code)) return true;
  return tries !== undefined && (tries.failed !== null || view?.state !== "running");
}
