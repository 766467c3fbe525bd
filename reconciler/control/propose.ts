/** What applying a folder would mean, before anything is written: `keel plan`, and the first half of `keel apply`. */
import { isDeepStrictEqual } from "node:util";
import type { Loaded } from "../desired/load-result.ts";
import type { Desired } from "../model/desired.ts";
import type { Identity } from "../model/journal.ts";
import { objectId, type ObjectId, type VmName } from "../model/names.ts";
import type { Plan } from "../model/plan.ts";
import type { PlanReport } from "../model/report.ts";
import { askedToDestroy, overBound } from "../plan/destroy-bound.ts";
import { plan } from "../plan/plan.ts";
import type { Applied } from "./applied-desired.ts";
import type { ClusterState } from "./cluster-state.ts";
import type { StoredDocument, StoredDocuments } from "./desired-objects.ts";
import { missingIdentities, type RandomBytes } from "./identities.ts";
import { presentInput } from "./plan-input.ts";
import { appliedFor } from "./report/applied-for.ts";
import { reportPlan } from "./report/plan-report.ts";

export interface Proposal {
  /** What it was made on: writing it down is refused once something else is in force. */
  readonly base: Applied;
  readonly desired: Desired;
  readonly documents: StoredDocuments;
  readonly digest: string;
  /** To be written before the head, so that no VM is started without. */
  readonly identities: ReadonlyMap<VmName, Identity>;
  /** Of VMs that were to be destroyed and no longer are: must still be there when the head is written. */
  readonly revived: ReadonlyMap<VmName, Identity>;
  readonly plan: Plan;
  readonly report: PlanReport;
  /** The VMs whose destruction is more than `bounds.destroy` at once, sorted. */
  readonly overBound: readonly VmName[];
  /** Something else is asked for than is in force; without that, only what drifted is left to do. */
  readonly changesIntent: boolean;
}

export interface ProposeOptions {
  readonly now: number;
  readonly random: RandomBytes;
  /** `--allow-destroy=N`: counts where N is exactly how many would be destroyed. */
  readonly allowDestroy: number | null;
  /** Rendered warnings of the folder. */
  readonly warnings: readonly string[];
  /** false: what was changed by hand is left as it is. */
  readonly revertDrift?: boolean;
}

export function propose(state: ClusterState, loaded: Loaded, options: ProposeOptions): Proposal {
  const { applied } = state;
  const { revertDrift = true } = options;
  const { desired, documents } = withProtection(applied.desired, loaded);
  const identities = missingIdentities(desired, state.identities, options.random);
  const stopped = stoppedByBound(state, desired, options.allowDestroy);
  const input = presentInput(state, options.now);
  const planned = plan({
    ...input,
    desired,
    journal: { ...input.journal, identities: new Map([...state.identities, ...identities]) },
    overBound: new Set(stopped),
    policy: { ...input.policy, revertDrift },
  });
  const report = reportPlan({
    cluster: desired.cluster.name,
    generation: applied.head?.generation ?? 0,
    applied: appliedFor(state),
    next: desired,
    plan: planned,
    warnings: options.warnings,
  });
  const boundsAnew = !isDeepStrictEqual(stopped, applied.head?.overBound ?? []);
  const changesIntent = boundsAnew || applied.head?.digest !== loaded.digest;
  return {
    base: applied,
    desired,
    documents,
    digest: loaded.digest,
    identities,
    revived: revivedIn(state, desired),
    plan: planned,
    report,
    overBound: stopped,
    changesIntent,
  };
}

function stoppedByBound(
  { applied, placements }: ClusterState,
  next: Desired,
  allowed: number | null,
): readonly VmName[] {
  const stopped = applied.head?.overBound ?? [];
  const asked = askedToDestroy({ former: applied.desired, next, existing: placements, stopped });
  return overBound(asked, next.cluster.bounds.destroy, allowed);
}

/**
 * Only those whose destruction was approved or begun, which may end at any moment; and the new ones whose name another VM is
 * about to give up, which takes the identity along.
 */
function revivedIn(state: ClusterState, desired: Desired): ReadonlyMap<VmName, Identity> {
  const released = state.released();
  const revived = new Map<VmName, Identity>();
  const holders = Map.groupBy(state.identities.values(), ({ uuid }) => uuid);
  for (const name of desired.vms.keys()) {
    const identity = state.identities.get(name);
    if (identity === undefined || state.desired.vms.has(name)) continue;
    if ((holders.get(identity.uuid) ?? []).length > 1) revived.set(name, identity);
  }
  for (const { name, state: wantedSoFar } of state.desired.vms.values()) {
    const identity = state.identities.get(name);
    const wanted = desired.vms.get(name)?.state ?? "absent";
    if (wantedSoFar !== "absent" || wanted === "absent" || identity === undefined) continue;
    const approved = [...state.requests.values()].some((r) => r.kind === "destroy" && r.vm === name);
    if (approved || released.has(name)) revived.set(name, identity);
  }
  return revived;
}

/**
 * `protect` outlives the edit that takes it away together with the VM: a document that becomes absent keeps the
 * protection of the one that is applied. The next apply is one after it was taken away.
 */
function withProtection(
  previous: Desired,
  loaded: Loaded,
): { readonly desired: Desired; readonly documents: StoredDocuments } {
  const vms = new Map(loaded.desired.vms);
  const documents = new Map<ObjectId, StoredDocument>();
  for (const [id, document] of loaded.documents) {
    const source = loaded.desired.sources.get(id) ?? { file: id, line: 1 };
    documents.set(id, { document, source });
  }
  for (const vm of loaded.desired.vms.values()) {
    const former = previous.vms.get(vm.name);
    if (vm.state !== "absent" || vm.protect || former?.protect !== true || former.state === "absent")
      continue;
    vms.set(vm.name, { ...vm, protect: true });
    const id = objectId("VM", vm.name);
    const stored = documents.get(id);
    if (stored?.document.kind === "VM") {
      documents.set(id, { ...stored, document: { ...stored.document, protect: true } });
    }
  }
  return { desired: { ...loaded.desired, vms }, documents };
}
