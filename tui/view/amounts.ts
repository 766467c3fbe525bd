/** Sizes, times and counts as people read them. */

/** "512 MiB", "2 GiB", "1.5 GiB": the unit in which it is at least one, one decimal below ten. */
export function formatBytes(bytes: number): string {
  const unit = unitOf(bytes);
  return `${formatIn(bytes, unit)} ${unit.name}`;
}

/** "31/64 GiB": both in the unit of the second. */
export function formatShare(used: number, total: number): string {
  const unit = unitOf(total);
  return `${formatIn(used, unit)}/${formatIn(total, unit)} ${unit.name}`;
}

/** How long something has been going on: "0:07", "12:40", "1:02:09". */
export function formatElapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${String(minutes)}:${two(seconds % 60)}`;
  return `${String(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** One unit is enough: "14s", "3m", "2h", "5d". */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${String(seconds)}s`;
  if (seconds < 3600) return `${String(Math.floor(seconds / 60))}m`;
  if (seconds < 86_400) return `${String(Math.floor(seconds / 3600))}h`;
  return `${String(Math.floor(seconds / 86_400))}d`;
}

/** The time of day, in the time zone of the terminal's user. */
export function formatClock(epochMilliseconds: number): string {
  const { hours, minutes } = timeOf(epochMilliseconds);
  return `${hours}:${minutes}`;
}

export function formatTime(epochMilliseconds: number): string {
  const { hours, minutes, seconds } = timeOf(epochMilliseconds);
  return `${hours}:${minutes}:${seconds}`;
}

/** The time of day, with the date where that is another day than `now`. */
export function formatMoment(epochMilliseconds: number, now: number): string {
  const clock = formatClock(epochMilliseconds);
  if (isSameDay(epochMilliseconds, now)) return clock;
  const date = new Date(epochMilliseconds);
  return `${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")} ${clock}`;
}

export function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

/** "1 VM", "3 VMs", "10,000 VMs". */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${groupDigits(number)} ${number === 1 ? noun : plural}`;
}

/** 10000 as "10,000", whatever the locale: the same screen for everybody. */
export function groupDigits(number: number): string {
  return String(number).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

interface Unit {
  readonly name: string;
  readonly bytes: number;
}

const kibibytes: Unit = { name: "KiB", bytes: 1024 };
const units: readonly Unit[] = [
  { name: "TiB", bytes: 1024 ** 4 },
  { name: "GiB", bytes: 1024 ** 3 },
  { name: "MiB", bytes: 1024 ** 2 },
];

function unitOf(bytes: number): Unit {
  return units.find((unit) => bytes >= unit.bytes) ?? kibibytes;
}

function formatIn(bytes: number, unit: Unit): string {
  const value = bytes / unit.bytes;
  return value >= 10 || Number.isInteger(value)
    ? String(Math.round(value))
    : value.toFixed(1).replace(/\.0$/, "");
}

function timeOf(epochMilliseconds: number): {
  readonly hours: string;
  readonly minutes: string;
  readonly seconds: string;
} {
  const date = new Date(epochMilliseconds);
  const two = (value: number) => String(value).padStart(2, "0");
  return { hours: two(date.getHours()), minutes: two(date.getMinutes()), seconds: two(date.getSeconds()) };
}
