/** What a plan means for one VM: the word for it, its worst impact, and the fields that lead to it. */
import type { Desired, Vm } from "../../model/desired.ts";
import { type Hardware, hardwareFields } from "../../model/hardware.ts";
import { objectId, type VmName } from "../../model/names.ts";
import type { PlannedStep } from "../../model/plan.ts";
import { type Reason, reason } from "../../model/reasons.ts";
import type { ChangeReport, ChangeWord, FieldReport, Impact } from "../../model/report.ts";
import { resolveVm } from "../../desired/resolve/resolve-vm.ts";
import { isLive } from "../../plan/hardware.ts";
import type { AppliedState } from "./applied-for.ts";
import { type FieldChange, fieldChanges } from "./field-changes.ts";
import { reportStep } from "./step-report.ts";
import { reportReason } from "./reasons.ts";

/** `former`: what it is called until now. null: nothing about it changes. */
export function vmChange(
  { name, former }: { readonly name: VmName; readonly former: VmName },
  applied: AppliedState,
  next: Desired,
  steps: readonly PlannedStep[],
): ChangeReport | null {
  const id = objectId("VM", name);
  const old = applied.desired.vms.get(former) ?? null;
  const vm = next.vms.get(name) ?? null;
  const fields = vm === null ? [] : old === null ? saidFields(vm) : fieldChanges(old, vm);
  const unchanged = old !== null && vm !== null && fields.length === 0;
  if ((unchanged || (old === null && vm === null)) && steps.length === 0) return null;
  const live = applied.live(former);
  const word = wordFor(old, vm, steps, applied.placements.has(former));
  return {
    object: id,
    word,
    impact: impactOf(word, steps),
    target: targetOf(steps) ?? applied.placements.get(former)?.placement.node ?? null,
    fields: fields.map((field): FieldReport => ({ ...field, effect: effectOf(field.path, vm, live, steps) })),
    steps: steps.map(reportStep),
    reason: reportReason(reasonFor(word, steps)),
    source: next.sources.get(id) ?? applied.desired.sources.get(id) ?? null,
  };
}

/** Of a new VM, what its document and profiles say; what every VM has by default is no news. */
function saidFields(vm: Vm): FieldChange[] {
  const plain = resolveVm({ kind: "VM", name: vm.name }, {});
  return fieldChanges(plain, vm).map((field) => ({ ...field, old: null }));
}

function wordFor(old: Vm | null, vm: Vm | null, steps: readonly PlannedStep[], placed: boolean): ChangeWord {
  const kinds = new Set(steps.map(({ step }) => step.kind));
  if (vm === null) return "orphan";
  if (kinds.has("destroy")) return "destroy";
  if (old === null) return placed || kinds.has("adopt") ? "adopt" : "create";
  if (kinds.has("migrate") || (kinds.has("stop") && kinds.has("start"))) return "migrate";
  if (kinds.has("restart")) return "restart";
  if (kinds.has("stop")) return "stop";
  if (kinds.has("start")) return "start";
  return "update";
}

function impactOf(word: ChangeWord, steps: readonly PlannedStep[]): Impact {
  const kinds = new Set(steps.map(({ step }) => step.kind));
  if (steps.some(({ step }) => step.kind === "destroy" && step.disks.length > 0)) return "destroy-data";
  if (word === "destroy") return "offline";
  if (kinds.has("restart") || (kinds.has("stop") && kinds.has("start"))) return "restart";
  if (kinds.has("stop")) return "offline";
  if (kinds.has("migrate")) return "migrate";
  return kinds.has("update") ? "live" : "none";
}

function targetOf(steps: readonly PlannedStep[]): string | null {
  const last = steps.findLast(({ step }) => ["migrate", "start", "adopt"].includes(step.kind));
  if (last === undefined) return null;
  return last.step.kind === "migrate" ? last.step.to : last.step.node;
}

function reasonFor(word: ChangeWord, steps: readonly PlannedStep[]): Reason {
  const first = steps[0];
  if (first !== undefined) return first.step.reason;
  return reason(word === "orphan" ? "orphaned" : "document-changed");
}

const placing = new Set(["node", "migrate", "limits", "apart", "state"]);

function effectOf(
  path: string,
  vm: Vm | null,
  live: Hardware | null,
  steps: readonly PlannedStep[],
): FieldReport["effect"] {
  if (vm === null || live === null) return "none";
  const field = hardwareFields.find((one) => one === path);
  if (field !== undefined) return isLive(field, vm, live) ? "live" : "next-restart";
  if (path.startsWith("domain")) return "next-restart";
  return placing.has(path) && steps.some(({ step }) => step.kind === "migrate") ? "migrate" : "none";
}
