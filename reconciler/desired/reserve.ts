import type { Reserve } from "../model/desired.ts";
import { asWritten, unreadable, type Reading } from "./reading.ts";
import { parseSize, sizePattern } from "./sizes.ts";

/** What editors check: a percentage, or a size. */
export const reservePattern = `^[0-9]{1,2}(\\.[0-9]{1,3})?%$|${sizePattern}`;

const percent = /^([0-9]{1,2}(?:\.[0-9]{1,3})?)%$/;

/** Reads `5%` as a part of the node's total, anything else as a size. */
export function parseReserve(written: unknown): Reading<Reserve> {
  const match = typeof written === "string" ? percent.exec(written) : null;
  if (match !== null) return { ok: true, value: { kind: "ratio", ratio: Number(match[1]) / 100 } };
  if (typeof written === "string" && written.includes("%")) {
    return unreadable(
      `${asWritten(written)} is not a percentage below 100`,
      "write it without spaces, such as 5%",
    );
  }
  const size = parseSize(written);
  if (size.ok) return { ok: true, value: { kind: "bytes", bytes: size.value } };
  return unreadable(`${asWritten(written)} is neither a percentage nor a size`, "write 5% or 2GiB");
}
