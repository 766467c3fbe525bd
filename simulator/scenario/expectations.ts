/** Compares what came out with what was expected: maps by what they name, scalars and lists whole; null is also absent. */
import { isFields } from "./fields.ts";
import type { Final } from "./outcome.ts";
import type { Expectations } from "./scenario.ts";

/** A sentence for each expectation that is not met. */
export function unmetOf(expect: Expectations, final: Final): readonly string[] {
  return [...compareAll("vms", expect.vms, final.vms), ...compareAll("nodes", expect.nodes, final.nodes)];
}

function compareAll(
  area: string,
  expected: Readonly<Record<string, unknown>>,
  found: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.entries(expected).flatMap(([name, wanted]) => {
    const path = `${area}.${name}`;
    // What is named must be there, whatever is expected of it.
    return Object.hasOwn(found, name) ? compare(path, wanted, found[name]) : [`${path} is not there`];
  });
}

function compare(path: string, wanted: unknown, found: unknown): readonly string[] {
  if (isFields(wanted) && isFields(found)) {
    return Object.entries(wanted).flatMap(([key, value]) => compare(`${path}.${key}`, value, found[key]));
  }
  if (isEqual(wanted, found)) return [];
  return [`${path} is ${JSON.stringify(found ?? null)}, not ${JSON.stringify(wanted)}`];
}

function isEqual(wanted: unknown, found: unknown): boolean {
  if (Array.isArray(wanted) && Array.isArray(found)) {
    return wanted.length === found.length && wanted.every((value, index) => isEqual(value, found[index]));
  }
  return (wanted ?? null) === (found ?? null);
}
