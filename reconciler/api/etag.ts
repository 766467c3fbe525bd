/**
 * `"345-3456"`: the store's revision of what is in force, and that of everything that is known. A change with `If-Match`
 * is made only where the first is still the one that was read: heartbeats and moves go on, and void nobody's edit.
 */
import { KeelError } from "../model/errors.ts";
import type { Look } from "./ports.ts";

export function etagOf({ inForce, report }: Look): Readonly<Record<string, string>> {
  return { etag: `"${inForce}-${report.revision}"` };
}

/** @throws KeelError `precondition-failed`, `request-invalid` */
export function checkMatch(ifMatch: string | null, inForce: number): void {
  if (ifMatch === null || ifMatch.trim() === "*") return;
  const wanted = ifMatch.split(",").map((tag) => /^\s*"(\d{1,16})(?:-\d{1,16})?"\s*$/.exec(tag)?.[1]);
  const [first] = wanted;
  if (first === undefined || wanted.includes(undefined)) {
    throw new KeelError("request-invalid", {
      problem: "If-Match is an ETag as it was sent, in its quotes, or *.",
    });
  }
  if (!wanted.includes(String(inForce)))
    throw new KeelError("precondition-failed", { now: inForce, wanted: first });
}
