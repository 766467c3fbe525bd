import type { VmDocument } from "../schema/documents.ts";
import { placeOf, type SourceDocument } from "../source-document.ts";
import type { PlacedFinding } from "./placed-finding.ts";

/** `renamedFrom` moves one VM's identity to another name, so the old name must be free, and claimed once. */
export function checkRenames(vms: ReadonlyMap<string, SourceDocument<VmDocument>>): readonly PlacedFinding[] {
  const claims = new Map<string, SourceDocument<VmDocument>>();
  const findings: PlacedFinding[] = [];
  for (const source of vms.values()) {
    const old = source.document.renamedFrom;
    if (old === undefined) continue;
    const problem = clash(old, source, vms.get(old), claims.get(old));
    if (problem !== undefined) {
      const finding = { code: "rename.clash", path: ["renamedFrom"], at: "value", ...problem } as const;
      findings.push({ source, finding });
    }
    claims.set(old, claims.get(old) ?? source);
  }
  return findings;
}

function clash(
  old: string,
  source: SourceDocument<VmDocument>,
  holder: SourceDocument<VmDocument> | undefined,
  claimed: SourceDocument<VmDocument> | undefined,
): { readonly message: string; readonly advice: string } | undefined {
  if (old === source.document.name) {
    return { message: `${old} is renamed from its own name`, advice: "remove the line" };
  }
  if (holder !== undefined) {
    const message = `${old} is still a VM of its own (${placeOf(holder)})`;
    return { message, advice: "remove the line if that is a new VM, else remove the old document" };
  }
  if (claimed === undefined) return undefined;
  const message = `${claimed.document.name} is renamed from ${old} too (${placeOf(claimed)})`;
  return { message, advice: "only one of them can be the old VM: remove the line from the other" };
}
