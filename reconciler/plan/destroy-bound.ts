/**
 * `bounds.destroy`: more destructions in one apply than the bound, and none of them is done: a wrong generator or a bad
 * merge is likelier than intent. Which those are is settled when the edit is applied, and kept beside it.
 */
import type { Desired } from "../model/desired.ts";
import { byName, type VmName } from "../model/names.ts";

export interface Destructions {
  /** What is in force before. */
  readonly former: Desired;
  readonly next: Desired;
  /** The names of the VMs that there are. */
  readonly existing: { has(name: VmName): boolean };
  /** Those that the bound stopped before. */
  readonly stopped: readonly VmName[];
}

/**
 * The VMs whose destruction this apply asks for, sorted: those that become absent by it, and those that an earlier bound
 * stopped, as each apply judges them anew. What an earlier apply asked for within its bound is none of this one's.
 */
export function askedToDestroy({ former, next, existing, stopped }: Destructions): readonly VmName[] {
  const asked = [...next.vms.values()].filter(({ name, state, renamedFrom }) => {
    if (state !== "absent") return false;
    const isThere = existing.has(name) || (renamedFrom !== null && existing.has(renamedFrom));
    return isThere && (former.vms.get(name)?.state !== "absent" || stopped.includes(name));
  });
  return asked.map(({ name }) => name).sort(byName);
}

/** Those of them that the bound stops: all, or none. `allowed`: `--allow-destroy=N`, which counts where it is exact. */
export function overBound(
  asked: readonly VmName[],
  bound: number,
  allowed: number | null,
): readonly VmName[] {
  return asked.length <= bound || asked.length === allowed ? [] : asked;
}
