/** Where a VM belongs before any selector is asked: `migrate:`, its home, and where it was last. */
import type { Vm } from "../model/desired.ts";
import type { Placement } from "../model/placement.ts";
import { type Reason, reason } from "../model/reasons.ts";
import type { FixedPlace } from "./outcome.ts";

/** `migrate:` before home. A `migrate:` that names the home is a return. */
export function fixedPlaces(placement: Placement, vm: Vm): FixedPlace[] {
  const places: FixedPlace[] = [];
  if (vm.migrate !== null && vm.migrate !== placement.home) {
    places.push({
      node: vm.migrate,
      reason: reason("asked-by-migrate", { node: vm.migrate }),
      as: "migrate",
    });
  }
  if (placement.home !== null) {
    const node = placement.home;
    places.push({ node, reason: homeReason(placement, vm), as: "home" });
  }
  return places;
}

function homeReason(placement: Placement, vm: Vm): Reason {
  const node = placement.home ?? "";
  if (placement.epoch === 0) return reason("first-start", { node });
  if (placement.displaced !== null && placement.displaced !== "start")
    return reason("returns-home", { node });
  return vm.node === null ? reason("at-home", { node }) : reason("asked-by-node", { node });
}

/**
 * Where it was last: where it starts again, if that is not home. A restart there asks less of the node than a start: a
 * cordoned one keeps what it has.
 */
export function whereItWas({ node, home, displaced }: Placement, restarts: boolean): readonly FixedPlace[] {
  if (node === null || (node === home && !restarts)) return [];
  const as = restarts ? "in-place" : "assigned";
  if (node === home) return [{ node, reason: reason("at-home", { node }), as }];
  const why = reason("displaced", { node, home: home ?? "", displaced: displaced ?? "" });
  return [{ node, reason: why, as }];
}
