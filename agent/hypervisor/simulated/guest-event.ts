import type { NodeName, VmName } from "../../../reconciler/model/names.ts";

/** acpi: it obeyed its power button. cut: by the hypervisor. guest: it switched itself off. power: the machine did. */
export type StopMethod = "acpi" | "cut" | "crash" | "guest" | "power";

/**
 * What befell a guest, told when it happened and never when it was asked for, so that anybody can check that no VM ran
 * twice. A copy that is handed over belongs to its target from `migrate-end: ok` on, and runs there from `resume` on;
 * a copy that vanishes before is `discard`.
 */
export type GuestEvent = {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly node: NodeName;
  readonly vm: VmName;
  readonly epoch: number;
  /** Of the domain; the VM's, whatever its name is. */
  readonly uuid: string;
  /** `pool/name` of each volume that it has open. */
  readonly volumes: readonly string[];
} & (
  | { readonly kind: "start" | "resume" | "discard" }
  /** It goes by the name `vm` from now on. */
  | { readonly kind: "relabel"; readonly from: VmName }
  | { readonly kind: "stop"; readonly method: StopMethod }
  | { readonly kind: "migrate-begin"; readonly to: NodeName }
  | { readonly kind: "migrate-end"; readonly to: NodeName; readonly result: "ok" | "failed" | "aborted" }
);
