/**
 * What has to befall guests in a scenario, in a file beside it: `34-name.log.txt` for `34-name.yaml`. One line each, in
 * order, and nothing else may befall them:
 *
 *     10..11 migrate-begin web hv1 hv2
 *     26..27 migrate-end   web hv1 hv2 ok
 *     30     stop          web hv2 acpi
 *
 * The time is in seconds, from..to; one alone means within a second after it. `#` begins a comment.
 */
import assert from "node:assert/strict";
import type { LogEntry } from "../../simulator/scenario/log.ts";

interface Line {
  readonly from: number;
  readonly to: number;
  readonly words: string;
}

/** @throws AssertionError that shows both, what was in time with the time that was expected */
export function assertLog(log: readonly LogEntry[], text: string): void {
  const expected = linesOf(text);
  const found = log.flatMap((entry) => {
    const words = inWords(entry);
    return words === null ? [] : [{ at: entry.at, words }];
  });
  const shown = found.map(({ at, words }, index) => {
    const line = expected[index];
    const isInTime = line !== undefined && at >= line.from && at <= line.to;
    return `${isInTime ? timeOf(line) : String(at)} ${words}`;
  });
  assert.deepEqual(
    shown,
    expected.map((line) => `${timeOf(line)} ${line.words}`),
  );
}

function linesOf(text: string): readonly Line[] {
  return text
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "")
    .map(lineOf);
}

function lineOf(line: string): Line {
  const match = /^(?<from>\d+(?:\.\d+)?)(?:\.\.(?<to>\d+(?:\.\d+)?))?\s+(?<words>\S.*)$/.exec(line);
  assert.ok(match?.groups, `not a line of a log: ${line}`);
  const { from = "", to, words = "" } = match.groups;
  const until = to === undefined ? Number(from) + 1 : Number(to);
  return { from: Number(from), to: until, words: words.replaceAll(/\s+/g, " ") };
}

function timeOf({ from, to }: Line): string {
  return `${String(from)}..${String(to)}`;
}

/** null: it did not befall a guest. */
function inWords(entry: LogEntry): string | null {
  const { kind } = entry;
  if (kind === "start") return `start ${entry.vm} ${entry.node}`;
  if (kind === "stop") return `stop ${entry.vm} ${entry.node} ${entry.method}`;
  if (kind === "migrate-begin") return `migrate-begin ${entry.vm} ${entry.node} ${entry.to}`;
  if (kind === "migrate-end") return `migrate-end ${entry.vm} ${entry.node} ${entry.to} ${entry.result}`;
  return null;
}
