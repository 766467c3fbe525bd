/** Values of options, read as the files read them. They throw what commander shows as a usage error. */
import { InvalidArgumentError } from "commander";
import { parseDuration } from "../reconciler/desired/durations.ts";
import type { Reading } from "../reconciler/desired/reading.ts";
import { parseSize } from "../reconciler/desired/sizes.ts";
import { byName, namePattern, type NodeName } from "../reconciler/model/names.ts";
import type { NewVms } from "../reconciler/model/what-if-report.ts";

/** `10s`, in milliseconds. */
export function duration(text: string): number {
  return valueOf(parseDuration(text));
}

/** `16GiB`, in bytes. */
export function size(text: string): number {
  return valueOf(parseSize(text));
}

export interface HostPort {
  /** Null: every address. */
  readonly host: string | null;
  readonly port: number;
}

/** `10.0.0.11:7410`, `[fd00::11]:7410`, `:7410`. */
export function hostPort(text: string): HostPort {
  const [, bracketed, plain = "", port = ""] =
    /^(?:\[([0-9a-f:.]+)\]|([^:[\]]*)):(\d{1,5})$/iu.exec(text) ?? [];
  if (port === "" || Number(port) > 65_535)
    throw new InvalidArgumentError("Write an address and a port: 10.0.0.11:7410, or :7410.");
  const host = bracketed ?? plain;
  return { host: host === "" ? null : host, port: Number(port) };
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

/** `hv1,hv2`; the option may be given again. */
export function nodeNames(text: string, former: readonly NodeName[] = []): readonly NodeName[] {
  return [...new Set([...former, ...text.split(",").map(name)])].sort(byName);
}

/** At a time; more would take longer than anybody waits. */
const newVmsMax = 100_000;

/** `20x4GiB`; the option may be given again. */
export function newVms(text: string, former: readonly NewVms[] = []): readonly NewVms[] {
  const [, number = "", memory = ""] = /^(\d{1,6})x(.+)$/.exec(text) ?? [];
  if (memory === "") throw new InvalidArgumentError("Write how many and how large: 20x4GiB.");
  const count = Number(number);
  if (count === 0 || count > newVmsMax) {
    throw new InvalidArgumentError(`Between 1 and ${String(newVmsMax)} VMs can be added.`);
  }
  return [...former, { count, memoryBytes: size(memory) }];
}

function valueOf(reading: Reading<number>): number {
  if (reading.ok) return reading.value;
  throw new InvalidArgumentError(`${reading.problem}: ${reading.advice}.`);
}
