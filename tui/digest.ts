/** What every frame needs to know of a whole report; worked out once for each report. */
import type { ClusterReport, VmReport } from "../reconciler/model/report.ts";
import { allBlocked } from "./view/plan-summary.ts";

export interface Digest {
  /** VMs that run in two places: the loudest alarm. */
  readonly duplicates: readonly VmReport[];
  readonly stepsUnderWay: number;
  readonly blocked: number;
}

export function digestOf(report: ClusterReport): Digest {
  return {
    duplicates: report.vms.filter((vm) => vm.reason.code === "duplicate"),
    stepsUnderWay: report.vms.reduce((sum, vm) => (vm.step === null ? sum : sum + 1), 0),
    blocked: allBlocked(report).length,
  };
}
