import { asWritten, unreadable, type Reading } from "./reading.ts";

const msPerUnit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** What editors check. */
export const durationPattern = "^[0-9]{1,12}(ms|s|m|h)$";

const exact = /^([0-9]{1,12})(ms|s|m|h)$/;
const looseParts = /([0-9]+(?:\.[0-9]+)?)\s*([a-z]+)/g;
const msPerLooseUnit = new Map<string, number>([
  ...["ms", "msec", "msecs", "millisecond", "milliseconds"].map((name) => [name, 1] as const),
  ...["s", "sec", "secs", "second", "seconds"].map((name) => [name, 1000] as const),
  ...["m", "min", "mins", "minute", "minutes"].map((name) => [name, 60_000] as const),
  ...["h", "hr", "hrs", "hour", "hours"].map((name) => [name, 3_600_000] as const),
  ...["d", "day", "days"].map((name) => [name, 86_400_000] as const),
  ...["w", "week", "weeks"].map((name) => [name, 604_800_000] as const),
]);

/** Reads `300ms`, `30s`, `5m` or `2h` as milliseconds. Takes any value, so that bare numbers get advice too. */
export function parseDuration(written: unknown): Reading<number> {
  const match = typeof written === "string" ? exact.exec(written) : null;
  const unit = match?.[2];
  if (match === null || (unit !== "ms" && unit !== "s" && unit !== "m" && unit !== "h")) {
    return unreadable(`${asWritten(written)} is not a duration`, durationAdvice(written));
  }
  const ms = Number(match[1]) * msPerUnit[unit];
  if (!Number.isSafeInteger(ms))
    return unreadable(`${asWritten(written)} is too long`, "write at most 999999999h");
  return { ok: true, value: ms };
}

/** The shortest exact way to write a number of milliseconds: `parseDuration` of it is the same number. */
export function formatDuration(ms: number): string {
  for (const unit of ["h", "m", "s"] as const) {
    if (ms > 0 && ms % msPerUnit[unit] === 0) return `${ms / msPerUnit[unit]}${unit}`;
  }
  return ms === 0 ? "0s" : `${ms}ms`;
}

function durationAdvice(written: unknown): string {
  const text = String(written).trim().toLowerCase();
  if (/^[0-9]+$/.test(text)) return `write the unit: ${text}s (or ms, m, h)`;
  const meant = looselyRead(text);
  return meant === undefined
    ? "write a whole number and ms, s, m or h, such as 30s"
    : `write ${formatDuration(meant)}`;
}

/** `1h30m`, `1.5h`, `2 days`, `10sec`: what people also write, in milliseconds. */
function looselyRead(text: string): number | undefined {
  if (text.replace(looseParts, "").trim() !== "") return undefined;
  let ms = 0;
  for (const [, number, name] of text.matchAll(looseParts)) {
    const size = msPerLooseUnit.get(name ?? "");
    if (size === undefined) return undefined;
    ms += Number(number) * size;
  }
  return Number.isSafeInteger(ms) && ms > 0 ? ms : undefined;
}
