import { type Kind, objectId } from "../../model/names.ts";
import type { Drift } from "../../model/plan.ts";
import type { DriftReport } from "../../model/report.ts";

type FieldDrift = Extract<Drift, { readonly kind: "drift" | "pending" }>;

/** `memory is 1GiB, 2GiB is wanted; changed outside keel`. */
export function fieldInDrift(drift: FieldDrift): string {
  const difference = `${placeInWords(drift.field)} ${differenceInWords(drift)}`;
  const why = drift.refused === null ? "" : ` (not while it runs: ${drift.refused})`;
  if (drift.kind === "pending") return `${difference}; takes effect at the next restart${why}`;
  const back = drift.effect === "live" ? "" : `, set back at the next restart${why}`;
  return `${difference}; changed outside keel${back}`;
}

function differenceInWords({ wanted, live }: FieldDrift): string {
  if (live === null) return `is gone, ${wanted ?? "something"} is wanted`;
  return wanted === null ? `is ${live}, none is wanted` : `is ${live}, ${wanted} is wanted`;
}

/** `disk[sda]/driver@cache`: driver cache of disk sda. */
export function placeInWords(field: string): string {
  const device = /^(?<kind>[A-Za-z]+)\[(?<key>[^\]]*)\](?:\/|@|$)/u.exec(field);
  const { kind = "", key = "" } = device?.groups ?? {};
  const rest = field
    .slice(device?.[0].length ?? 0)
    .replaceAll(/[/@[\]]+/gu, " ")
    .trim();
  const name = `${words[kind] ?? kind} ${key}`;
  if (device === null) return words[rest] ?? rest;
  return rest === "" ? name : `${rest} of ${name}`;
}

/** Where libvirt's own word tells little. */
const words: Readonly<Record<string, string>> = {
  "interface": "card",
  "hostdev": "passed-through device",
  "currentMemory": "memory",
  "vcpu current": "cpus",
  "vcpu": "most cpus",
  "os type machine": "machine type",
  "definition": "libvirt's own definition of it",
};

/** What differs of the object itself; of a node, the domains on it that are nobody's. */
export function isAbout({ kind, object, node }: DriftReport, of: Kind, name: string): boolean {
  if (kind === "unmanaged") return of === "Node" && node === name;
  return object === objectId(of, name);
}
