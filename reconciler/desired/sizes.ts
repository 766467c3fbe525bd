import { asWritten, unreadable, type Reading } from "./reading.ts";

const bytesPerUnit = {
  B: 1n,
  kB: 1000n,
  MB: 1000n ** 2n,
  GB: 1000n ** 3n,
  TB: 1000n ** 4n,
  PB: 1000n ** 5n,
  KiB: 1024n,
  MiB: 1024n ** 2n,
  GiB: 1024n ** 3n,
  TiB: 1024n ** 4n,
  PiB: 1024n ** 5n,
} as const;
type Unit = keyof typeof bytesPerUnit;

/** What editors check; `parseSize` also refuses fractions of a byte and sizes no computer has. */
export const sizePattern = "^[0-9]{1,16}(\\.[0-9]{1,12})?(B|kB|MB|GB|TB|PB|KiB|MiB|GiB|TiB|PiB)$";

const exact = /^([0-9]{1,16})(?:\.([0-9]{1,12}))?(B|kB|MB|GB|TB|PB|KiB|MiB|GiB|TiB|PiB)$/;
const loose = /^([0-9]+(?:[.,][0-9]+)?)\s*([a-zA-Z]*)$/;

/** Reads `4GiB`, `500MB` or `1.5GiB` as whole bytes. Takes any value, so that bare numbers get advice too. */
export function parseSize(written: unknown): Reading<number> {
  const match = typeof written === "string" ? exact.exec(written) : null;
  const unit = match === null ? undefined : unitNamed(match[3]);
  if (match === null || unit === undefined) {
    return unreadable(`${asWritten(written)} is not a size`, sizeAdvice(written));
  }
  const fraction = match[2] ?? "";
  const scaled = BigInt((match[1] ?? "") + fraction) * bytesPerUnit[unit];
  const scale = 10n ** BigInt(fraction.length);
  if (scaled % scale !== 0n) {
    const whole = formatSize(Number(scaled / scale));
    return unreadable(
      `${asWritten(written)} is not a whole number of bytes`,
      `write ${whole}, or more digits`,
    );
  }
  const bytes = scaled / scale;
  if (bytes > BigInt(Number.MAX_SAFE_INTEGER)) {
    return unreadable(`${asWritten(written)} is too large`, "write at most 8191TiB");
  }
  return { ok: true, value: Number(bytes) };
}

/** The shortest exact way to write a number of bytes: `parseSize` of it is the same number. */
export function formatSize(bytes: number): string {
  for (const unit of ["PiB", "TiB", "GiB", "MiB", "KiB", "PB", "TB", "GB", "MB", "kB"] as const) {
    const size = Number(bytesPerUnit[unit]);
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return `${bytes}B`;
}

function unitNamed(name: string | undefined): Unit | undefined {
  return Object.keys(bytesPerUnit).find((unit): unit is Unit => unit === name);
}

function sizeAdvice(written: unknown): string {
  const match = loose.exec(String(written).trim());
  if (match === null) return "write a number and a unit, such as 4GiB or 500MB";
  const number = (match[1] ?? "").replace(",", ".");
  const letters = match[2] ?? "";
  if (letters === "")
    return `write the unit: ${number}${Number(number) < 256 ? "GiB" : "MiB"} (or B, KiB, TiB, kB, MB, GB, TB)`;
  const named = Object.keys(bytesPerUnit).find((unit) => unit.toLowerCase() === letters.toLowerCase());
  if (named !== undefined && letters !== "b")
    return `write ${number}${named}${named === "kB" ? ` or ${number}KiB` : ""}`;
  const prefix = letters.charAt(0).toUpperCase();
  if (!"KMGTP".includes(prefix)) return "write a number and a unit, such as 4GiB or 500MB";
  return `write ${both(number, `${prefix}iB`)} or ${both(number, prefix === "K" ? "kB" : `${prefix}B`)}`;
}

function both(number: string, unit: string): string {
  const size = parseSize(`${number}${unit}`);
  return size.ok ? `${number}${unit} (${size.value} bytes)` : `${number}${unit}`;
}
