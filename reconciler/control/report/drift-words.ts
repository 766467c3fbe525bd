import type { Drift } from "../../model/plan.ts";

type FieldDrift = Extract<Drift, { readonly kind: "drift" | "pending" }>;

/** `memory is 1GiB, 2GiB is wanted; changed outside keel`. */
export function fieldInDrift(drift: FieldDrift): string {
  const difference = `${drift.field} is ${drift.live || "none"}, ${drift.wanted || "none"} is wanted`;
  return drift.kind === "drift"
    ? `${difference}; changed outside keel`
    : `${difference}; takes effect at the next restart`;
}
