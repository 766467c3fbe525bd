/** Values of options, read as the files read them. They throw what commander shows as a usage error. */
import { InvalidArgumentError } from "commander";
import { parseDuration } from "../reconciler/desired/durations.ts";
import type { Reading } from "../reconciler/desired/reading.ts";
import { parseSize } from "../reconciler/desired/sizes.ts";
import { namePattern } from "../reconciler/model/names.ts";

/** `10s`, in milliseconds. */
export function duration(text: string): number {
  return valueOf(parseDuration(text));
}

/** `16GiB`, in bytes. */
export function size(text: string): number {
  return valueOf(parseSize(text));
}

export function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("Write a whole number.");
  return Number(text);
}

/** The name of an object of `cluster.d`. */
export function name(text: string): string {
  if (!new RegExp(namePattern).test(text)) {
    throw new InvalidArgumentError("Names are lower-case letters, digits and -, and begin with a letter.");
  }
  return text;
}

function valueOf(reading: Reading<number>): number {
  if (reading.ok) return reading.value;
  throw new InvalidArgumentError(`${reading.problem}: ${reading.advice}.`);
}
