import type { Finding } from "../issues/finding.ts";
import type { SourceDocument } from "../source-document.ts";
import type { PlacedFinding } from "./placed-finding.ts";

/**
 * Places a finding about a merged field in the layer that had the last word on it; `layers` are a VM's profiles, then
 * the VM. What no layer says (something is lacking) is placed in the VM.
 */
export function originOf(layers: readonly SourceDocument[], finding: Finding): PlacedFinding {
  const own = layers.at(-1);
  if (own === undefined) throw new TypeError("a VM is a layer of itself");
  const source = layers.findLast((layer) => says(layer.document, finding.path)) ?? own;
  return { source, finding };
}

function says(value: unknown, path: readonly string[]): boolean {
  const [part, ...rest] = path;
  if (part === undefined) return value !== undefined;
  const next = fieldOf(value, part);
  return next !== undefined && next !== null && says(next, rest);
}

function fieldOf(value: unknown, part: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  if (!Array.isArray(value)) return Object.entries(value).find(([key]) => key === part)?.[1];
  if (!part.startsWith("[")) return value[Number(part)];
  return value.find((entry) => fieldOf(entry, "name") === part.slice(1, -1));
}
