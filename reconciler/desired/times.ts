import { asWritten, unreadable, type Reading } from "./reading.ts";

/** What editors check: RFC 3339 with a zone. */
export const timePattern =
  "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$";

const exact =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,9})?(?:Z|[+-]([0-9]{2}):([0-9]{2}))$/;
const withoutZone = /^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?$/;
const dateOnly = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const example = "2026-11-21T06:00:00Z";

/** Reads an RFC 3339 time with its zone as epoch milliseconds. */
export function parseTime(written: unknown): Reading<number> {
  const match = typeof written === "string" ? exact.exec(written) : null;
  if (match === null || typeof written !== "string") {
    return unreadable(`${asWritten(written)} is not a time with a zone`, timeAdvice(String(written)));
  }
  if (!onTheClock(match) || !inTheCalendar(match[1] ?? "")) {
    return unreadable(
      `${asWritten(written)} is no date of the calendar, or no time of the day`,
      `write it as ${example}`,
    );
  }
  return { ok: true, value: Date.parse(written) };
}

/** Epoch milliseconds as RFC 3339 in UTC. */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}

function onTheClock(match: RegExpExecArray): boolean {
  const [, , hours, minutes, seconds, zoneHours = "00", zoneMinutes = "00"] = match;
  const withinDay = Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 60;
  return withinDay && Number(zoneHours) < 24 && Number(zoneMinutes) < 60;
}

/** The 30th of February parses elsewhere as the 2nd of March. */
function inTheCalendar(date: string): boolean {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date);
}

function timeAdvice(written: string): string {
  const match = withoutZone.exec(written.trim());
  if (match !== null) {
    const local = `${match[1] ?? ""}T${match[2] ?? ""}${match[3] ?? ":00"}`;
    return `say in which zone: ${local}Z, or ${local}+01:00`;
  }
  if (dateOnly.test(written)) return `add the time of day and the zone: ${written}T06:00:00Z`;
  return `write it as ${example}`;
}
