import { formatTime } from "../../reconciler/desired/times.ts";
import { endingCommand, type MaintenanceState } from "../../reconciler/model/maintenance.ts";
import type { NodeName } from "../../reconciler/model/names.ts";
import { durationText } from "./duration-text.ts";

/**
 * `until 2026-01-01T02:00:00Z`, and shortly before that `ends in 4m 12s: fencing is possible again then`.
 *
 * @param node whose maintenance it is; null: the cluster's
 */
export function maintenanceEndText(
  { until, doubt, ending }: MaintenanceState,
  now: number,
  node: NodeName | null,
): string {
  if (doubt)
    return `its time is over, but the clock that says so was set: \`${endingCommand(node)}\` ends it`;
  if (until === null) return "no end set";
  return ending
    ? `ends in ${durationText(until - now)}: fencing is possible again then`
    : `until ${formatTime(until)}`;
}
