import { formatTime } from "../../reconciler/desired/times.ts";
import type { MaintenanceState } from "../../reconciler/model/maintenance.ts";
import { durationText } from "./duration-text.ts";

/** `until 2026-01-01T02:00:00Z`, and shortly before that `ends in 4m 12s: fencing is possible again then`. */
export function maintenanceEndText({ until, doubt, ending }: MaintenanceState, now: number): string {
  if (doubt) return "its time is over, but the clock that says so was set: `keel maintenance off` ends it";
  if (until === null) return "no end set";
  return ending
    ? `ends in ${durationText(until - now)}: fencing is possible again then`
    : `until ${formatTime(until)}`;
}
