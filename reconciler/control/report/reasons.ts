import { adviseOn, describeReason, type Reason } from "../../model/reasons.ts";
import type { ReasonReport } from "../../model/report.ts";

/** A reason with its words filled in. */
export function reportReason(reason: Reason): ReasonReport {
  return { code: reason.code, text: describeReason(reason), advice: adviseOn(reason) };
}
