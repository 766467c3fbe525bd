import { unreachable } from "../../model/unreachable.ts";
import { formatDuration, parseDuration } from "../durations.ts";
import { unreadable, type Reading } from "../reading.ts";
import { parseReserve } from "../reserve.ts";
import { formatSize, parseSize } from "../sizes.ts";
import { parseTime } from "../times.ts";
import type { Reads } from "./fields.ts";

/** Reads a field that stands for a quantity, within the limits that the schema sets for it. */
export function readQuantity(reads: Reads, written: unknown): Reading<unknown> {
  switch (reads.as) {
    case "size":
      return atLeast(reads.min, parseSize(written), parseSize, formatSize);
    case "duration":
      return inWholeSeconds(reads, atLeast(reads.min, parseDuration(written), parseDuration, formatDuration));
    case "reserve":
      return parseReserve(written);
    case "time":
      return parseTime(written);
    default:
      return unreachable(reads.as);
  }
}

function atLeast(
  min: string | undefined,
  reading: Reading<number>,
  parse: (written: unknown) => Reading<number>,
  format: (value: number) => string,
): Reading<number> {
  const least = parse(min ?? "");
  if (!reading.ok || !least.ok || reading.value >= least.value) return reading;
  return unreadable(`${format(reading.value)} is too little`, `write at least ${format(least.value)}`);
}

function inWholeSeconds(reads: Reads, reading: Reading<number>): Reading<number> {
  if (reads.wholeSeconds !== true || !reading.ok || reading.value % 1000 === 0) return reading;
  const rounded = Math.ceil(reading.value / 1000) * 1000;
  return unreadable(
    `${formatDuration(reading.value)} is not in whole seconds`,
    `write ${formatDuration(rounded)}`,
  );
}
