import { objectId, type ObjectId } from "../model/names.ts";
import type { Issue } from "./issues/issue.ts";
import type { Loaded, LoadResult } from "./load-result.ts";

/** What may become of a revision of the folder. */
export type SourceVerdict =
  | { readonly kind: "ok" }
  /** It was read, and is wrong: the last good revision stays in force. */
  | { readonly kind: "invalid"; readonly issues: readonly Issue[] }
  /** It looks as if something had happened to the folder, not as if someone had meant it. */
  | {
      readonly kind: "suspect";
      readonly reason: "unreadable" | "empty" | "vanished";
      /** Objects of the head that are not there any more, sorted. All of them, where nothing is. */
      readonly vanished: readonly ObjectId[];
      /** How many may vanish without being asked. `apply --allow-orphan` takes exactly the number that vanished. */
      readonly allowed: number;
      readonly message: string;
      readonly issues: readonly Issue[];
    };

/** How many of the head's objects may vanish in one revision: one, or a tenth. */
export function vanishAllowance(objects: number): number {
  return Math.max(1, Math.floor(objects / 10));
}

/**
 * Whether a revision may be believed. `head`: the ids of the objects that are in force now; none where nothing was ever
 * applied, and then anything that can be read may be believed.
 */
export function judgeSource(head: Iterable<ObjectId>, next: LoadResult): SourceVerdict {
  const before = [...head].sort();
  const allowed = vanishAllowance(before.length);
  if (!next.ok) {
    if (next.reason === "invalid") return { kind: "invalid", issues: next.issues };
    const message = "the folder could not be read, which is not the same as being empty";
    return { kind: "suspect", reason: "unreadable", vanished: before, allowed, message, issues: next.issues };
  }
  const renamed = renamedIn(next);
  const vanished = before.filter((id) => !next.documents.has(id) && !renamed.has(id));
  if (before.length > 0 && next.documents.size === 0) {
    const message = `the folder defines nothing, and ${before.length} objects are in force`;
    return { kind: "suspect", reason: "empty", vanished, allowed, message, issues: [] };
  }
  if (vanished.length <= allowed) return { kind: "ok" };
  const message = `${vanished.length} of ${before.length} objects are gone at once; ${allowed} may be`;
  return { kind: "suspect", reason: "vanished", vanished, allowed, message, issues: [] };
}

/** VMs that go on under another name are not gone. */
function renamedIn(next: Loaded): ReadonlySet<ObjectId> {
  const olds = [...next.desired.vms.values()].flatMap((vm) => vm.renamedFrom ?? []);
  return new Set(olds.map((old) => objectId("VM", old)));
}
