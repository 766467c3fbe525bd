/** What programs read: `-o json`. The shapes are in docs/json.md. */
import { formatTime } from "../../desired/times.ts";

/**
 * Fields that hold epoch milliseconds inside, and are RFC 3339 in UTC outside. A name means the same in every shape, so
 * the list is all there is to know.
 */
const times: ReadonlySet<string> = new Set([
  "appliedAt",
  "at",
  "createdAt",
  "expiresAt",
  "readAt",
  "since",
  "until",
]);

export function jsonOf(value: unknown): string {
  return JSON.stringify(value, timesInWords, 2);
}

/** The same on one line: what `--watch` writes, so that each line can be read by itself. */
export function jsonLineOf(value: unknown): string {
  return JSON.stringify(value, timesInWords);
}

function timesInWords(key: string, value: unknown): unknown {
  return typeof value === "number" && times.has(key) ? formatTime(value) : value;
}
