/**
 * What a step's end means. Once every node that took part has given its final report, or cannot any more, the leader
 * writes what became of the VM and takes the step away, in one transaction. What the VM then needs is planned anew.
 */
import { isOverWithBoot } from "../model/boot.ts";
import { hardwareFields } from "../model/hardware.ts";
import type { Vm } from "../model/desired.ts";
import type { ReleasedStep, Tries } from "../model/journal.ts";
import { objectId, type VmName } from "../model/names.ts";
import type { Placement } from "../model/placement.ts";
import { describeStep, isFinal, nodesOf, type Progress, type Step, type StepOf } from "../model/step.ts";
import { failedMigrations } from "../plan/held-back.ts";
import { circumstances } from "../plan/tries.ts";
import { withKeptVolumes } from "../plan/vm-facts.ts";
import { encode } from "../store/codec.ts";
import type { Compare, Operation } from "../store/store.ts";
import type { ClusterState } from "./cluster-state.ts";
import { compareDeaths, isDead } from "./fence/deaths.ts";
import {
  comparePlacements,
  handClaims,
  handIdentity,
  putClaim,
  unclaimed,
  type Decision,
  type Writer,
} from "./transactions.ts";

/** The transactions for all steps that have ended. */
export function settleSteps(writer: Writer, state: ClusterState): Decision[] {
  const settled: Decision[] = [];
  for (const released of state.released().values()) {
    const ends = endsOf(state, released);
    if (ends !== null) settled.push(settle(writer, state, released, ends));
  }
  return settled;
}

/**
 * dead: its node died, or was booted anew, before it told its end. What it did then ended with it. unclaimed: it has not
 * begun there, and the other end has given up; the step is withdrawn from it by the transaction that settles it.
 */
type End = Progress | { readonly phase: "dead" | "unclaimed" };

/** The end at each node that takes part, the acting one first; null: not all have come to it. */
function endsOf(state: ClusterState, released: ReleasedStep): readonly End[] | null {
  const ends = nodesOf(released.step).map((node): End | null => {
    const progress = released.progress.get(node) ?? null;
    if (isFinal(progress)) return progress;
    const isOver = isOverWithBoot(released.step, progress, state.nodes.get(node));
    if (isOver || isDead(state, node)) return { phase: "dead" };
    return progress === null ? { phase: "unclaimed" } : null;
  });
  const known = ends.filter((end) => end !== null);
  const hasFailed = known.some(({ phase }) => phase !== "unclaimed" && phase !== "done");
  const isUnclaimed = known.some(({ phase }) => phase === "unclaimed");
  return known.length < ends.length || (isUnclaimed && !hasFailed) ? null : known;
}

function settle(writer: Writer, state: ClusterState, released: ReleasedStep, ends: readonly End[]): Decision {
  const { step } = released;
  const placement = state.placements.get(step.vm)?.placement ?? null;
  const [end] = ends;
  const then: Operation[] = nodesOf(step).flatMap((node) => [
    { delete: writer.keys.step(node, step.id) },
    { delete: writer.keys.progress(node, step.id) },
  ]);
  then.push(...whatItLeft(writer, state, released, ends, placement));
  then.push(...whatIsRemembered(writer, state, released, end));
  then.push(
    writer.events.put({
      object: objectId("VM", step.vm),
      level: end?.phase === "failed" ? "warning" : "note",
      code: `${step.kind}-${end?.phase ?? "done"}`,
      text: `${describeStep(step)} ${inWords(end)}`,
    }),
  );
  return {
    about: step.vm,
    transaction: {
      compare: [
        ...writer.guard,
        ...comparePlacements(writer, state, step.vm, step.kind === "rename" ? step.from : null),
        ...compareDeaths(writer, state, nodesOf(step)),
        ...unclaimed(
          writer,
          step,
          nodesOf(step).filter((_, at) => ends[at]?.phase === "unclaimed"),
        ),
        ...compareHead(writer, state, step),
      ],
      then,
    },
  };
}

/** The end of a destruction, or of a name, takes the identity away, so it must know what is wanted by then. */
function compareHead(writer: Writer, { applied }: ClusterState, step: Step): Compare[] {
  return step.kind === "destroy" || step.kind === "rename"
    ? [{ key: writer.keys.head, modRevision: applied.revision }]
    : [];
}

function inWords(end: End | undefined): string {
  if (end?.phase === "failed") return `failed: ${end.detail}`;
  if (end?.phase === "dead") return "ended with its node";
  if (end?.phase === "unclaimed") return "was withdrawn";
  return end?.phase === "cancelled" ? "was cancelled" : "is done";
}

/** The placement and the claims as the step left them. */
function whatItLeft(
  writer: Writer,
  state: ClusterState,
  { step }: ReleasedStep,
  ends: readonly End[],
  placement: Placement | null,
): Operation[] {
  if (placement === null) return [];
  const key = writer.keys.placement(step.vm);
  const done = ends[0]?.phase === "done";
  switch (step.kind) {
    case "start":
    case "restart":
      return done ? born(writer, state, step.vm) : [];
    case "adopt":
      return afterAdoption(writer, state, placement, { vm: step.vm, done });
    case "migrate":
      return [{ put: key, value: encode(afterMigration(placement, step, ends)) }];
    case "destroy":
      return done ? destroyed(writer, state, step) : [];
    case "stop":
      return done || ends[0]?.phase === "dead" ? afterStop(writer, state, step, placement, done) : [];
    case "rename":
      return done
        ? handIdentity(writer, state, step.vm, step.from)
        : renamedBack(writer, state, step, placement);
    case "update":
      return done && step.fields.includes("disks") ? born(writer, state, step.vm) : [];
  }
}

function afterStop(
  { keys }: Writer,
  { desired }: ClusterState,
  { vm, displaced }: StepOf<"stop">,
  placement: Placement,
  done: boolean,
): Operation[] {
  // What was left of a VM that was destroyed, or goes by another name, is gone now.
  const isWanted = (desired.vms.get(vm)?.state ?? "absent") !== "absent";
  if (!isWanted && placement.node === null && placement.home === null) {
    return [{ delete: keys.placement(vm) }];
  }
  // What ended with its node is displaced for that.
  return displaced === null || !done
    ? []
    : [{ put: keys.placement(vm), value: encode({ ...placement, displaced }) }];
}

/** What was not taken over is on no node of ours, and may be tried again. */
function afterAdoption(
  writer: Writer,
  state: ClusterState,
  placement: Placement,
  { vm, done }: { readonly vm: VmName; readonly done: boolean },
): Operation[] {
  if (done) return born(writer, state, vm);
  return [{ put: writer.keys.placement(vm), value: encode({ ...placement, node: null, displaced: null }) }];
}

/** Its domain still goes by the former name, and so do its records: what runs there is never taken for gone. */
function renamedBack(
  writer: Writer,
  state: ClusterState,
  { vm, from }: StepOf<"rename">,
  placement: Placement,
): Operation[] {
  if (state.placements.has(from)) return [];
  return [
    { put: writer.keys.placement(from), value: encode(placement) },
    { delete: writer.keys.placement(vm) },
    ...handClaims(writer, state, vm, from),
  ];
}

/**
 * The source's word counts: gone, by migration. Then the VM is the target's, whatever the target says of resuming it; if
 * it did not, it is off there and is planned as such. For a source that died unheard the target speaks.
 */
function isHandedOver([source, target]: readonly End[]): boolean {
  return source?.phase === "done" || (source?.phase === "dead" && target?.phase === "done");
}

/** A copy that nobody saw end, on a node that is proven dead, keeps its epoch for itself: a person may have been wrong. */
function afterMigration(placement: Placement, step: StepOf<"migrate">, ends: readonly End[]): Placement {
  if (!isHandedOver(ends)) {
    const kept = { ...placement, moving: null };
    return ends[1]?.phase === "dead" ? { ...kept, spent: step.toEpoch } : kept;
  }
  // null where it was to come home, and that was edited meanwhile: what keeps it from the new one is planned with that.
  const displaced = step.to === placement.home ? null : (placement.moving?.displaced ?? null);
  return { ...placement, node: step.to, epoch: step.toEpoch, displaced, moving: null };
}

/** Its volumes exist from now on: missing later, they are never made anew. */
function born(writer: Writer, state: ClusterState, vm: string): Operation[] {
  return [...state.volumes.values()]
    .filter((claim) => claim.vm === vm && claim.born === null)
    .map((claim) => putClaim(writer, { ...claim, born: writer.now }));
}

/** Somebody has changed their mind meanwhile: the VM is made anew, and stays who it was. */
function isWantedAgain({ desired }: ClusterState, vm: VmName): boolean {
  return (desired.vms.get(vm)?.state ?? "absent") !== "absent";
}

function destroyed(writer: Writer, state: ClusterState, step: StepOf<"destroy">): Operation[] {
  const gone = new Set(
    step.disks.map((d) => (d.source === "volume" ? `${d.pool.name}/${d.volume}` : d.path)),
  );
  const claims = [...state.volumes.values()].filter(
    (claim) => claim.vm === step.vm && gone.has(`${claim.pool}/${claim.volume}`),
  );
  return [
    { delete: writer.keys.placement(step.vm) },
    { delete: writer.keys.tries(step.vm) },
    ...(isWantedAgain(state, step.vm) ? [] : [{ delete: writer.keys.identity(step.vm) }]),
    ...claims.map((claim) => ({ delete: writer.keys.volume(claim.pool, claim.volume) })),
  ];
}

/** What a running guest did not take, in this try and in those before it; and how often it could not be moved before. */
function whatElseFailed(
  step: Step,
  former: Tries | null,
): Pick<NonNullable<Tries["failed"]>, "fields" | "migrations"> {
  const before = former?.failed ?? null;
  if (step.kind === "update") {
    const fields = before?.kind === "update" ? (before.fields ?? []) : [];
    return {
      fields: hardwareFields.filter((field) => step.fields.includes(field) || fields.includes(field)),
    };
  }
  const migrations = failedMigrations(before);
  return step.kind === "stop" && migrations > 0 ? { migrations } : {};
}

/** As the planner reads it: tries count as long as that stays the same. */
function documentOf({ desired, identities }: ClusterState, name: VmName): Vm | undefined {
  const vm = desired.vms.get(name);
  return vm === undefined ? undefined : withKeptVolumes(vm, identities.get(name) ?? null);
}

/** Failed tries are counted under the intent they were made for; success forgets them. */
function whatIsRemembered(
  writer: Writer,
  state: ClusterState,
  { step }: ReleasedStep,
  end: End | undefined,
): Operation[] {
  const key = writer.keys.tries(step.vm);
  const known = state.tries.get(step.vm) ?? null;
  if (step.kind === "destroy" || end === undefined) return [];
  if (end.phase === "cancelled" || end.phase === "dead" || end.phase === "unclaimed") return [];
  if (end.phase !== "failed") {
    if (known?.failed == null) return [];
    return known.crashes.length === 0
      ? [{ delete: key }]
      : [{ put: key, value: encode({ ...known, failed: null }) }];
  }
  const under = circumstances(state.desired, state.nodes.observed, documentOf(state, step.vm));
  const former = known?.intent === under.intent ? known : null;
  const again = former?.failed?.kind === step.kind ? former.failed.count : 0;
  const { failure, detail } = end;
  const failed = { kind: step.kind, failure, detail, count: again + 1, at: writer.now };
  const tries: Tries = {
    failed: { ...failed, ...whatElseFailed(step, former) },
    crashes: former?.crashes ?? [],
    ...under,
  };
  return [{ put: key, value: encode(tries) }];
}
