import type { FlushReport } from "../../reconciler/model/report.ts";
import { durationText } from "./duration-text.ts";

/** `3 of 8 have left, about 40s to go`. */
export function flushText({ done, total, remainingMs }: FlushReport): string {
  return `${done} of ${total} have left${remainingMs === null ? "" : `, about ${durationText(remainingMs)} to go`}`;
}
