/** What happened in a simulation, told when it happened. Times are seconds since its beginning. */
import type { StopMethod } from "../../agent/hypervisor/simulated/guest-event.ts";
import type { FencePhase } from "../../reconciler/model/fence.ts";
import type { NodeName, VmName } from "../../reconciler/model/names.ts";

interface OfVm {
  readonly vm: VmName;
  readonly node: NodeName;
  readonly epoch: number;
  /** The released step that it belongs to, where there is one. */
  readonly step: string | null;
}

export type LogEntry = { readonly at: number } & (
  | ({ readonly kind: "start" } & OfVm)
  | ({ readonly kind: "stop"; readonly method: StopMethod } & OfVm)
  | ({ readonly kind: "migrate-begin"; readonly to: NodeName } & OfVm)
  | ({
      readonly kind: "migrate-end";
      readonly to: NodeName;
      readonly result: "ok" | "failed" | "aborted";
    } & OfVm)
  /** One for each answer of a power controller; what it read then. */
  | {
      readonly kind: "power";
      readonly node: NodeName;
      readonly command: "off" | "on" | "status";
      readonly answer: "on" | "off" | "error";
    }
  /** From its first round, or its proof, until it lives again. */
  | { readonly kind: "fence"; readonly node: NodeName; readonly phase: FencePhase }
  | { readonly kind: "edit"; readonly objects: readonly string[] }
  /** An edit, request or event that was turned down whole. */
  | { readonly kind: "refused"; readonly what: string; readonly why: string }
  | { readonly kind: "request"; readonly request: string; readonly vm?: VmName; readonly node?: NodeName }
  | { readonly kind: "leader"; readonly id: string | null }
  | { readonly kind: "home"; readonly vm: VmName; readonly node: NodeName | null }
);

/** A law that was broken: a defect of Evenkeel, never of the scenario. */
export interface Violation {
  readonly at: number;
  readonly law:
    | "runs-once"
    | "volumes"
    | "limits"
    | "apart"
    | "wanted"
    | "approved"
    | "homes"
    | "reasons"
    | "maintenance"
    | "rests"
    | "explained"
    | "belongs";
  readonly text: string;
}
