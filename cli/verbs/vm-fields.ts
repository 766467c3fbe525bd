/** Verbs that set fields in the documents of VMs. */
import type { MergePatch } from "../../reconciler/desired/edit/merge-patch.ts";
import type { Loaded } from "../../reconciler/desired/load-result.ts";
import type { VmDocument } from "../../reconciler/desired/schema/documents.ts";
import type { Vm } from "../../reconciler/model/desired.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import { objectId, type VmName } from "../../reconciler/model/names.ts";
import type { Goal } from "../follow/goal.ts";
import { namesMeant, namesOfKind, shownNames } from "./subjects.ts";
import type { Ground, Intent, Verb } from "./verb.ts";

/** A VM as its document says it, and as it is meant, with profiles and defaults. */
export interface WrittenVm {
  readonly name: VmName;
  readonly document: VmDocument;
  readonly vm: Vm;
}

export interface FieldsVerb {
  /** `Starting`. */
  readonly doing: string;
  readonly fields: readonly string[];
  patch(written: WrittenVm, folder: Loaded): MergePatch;
  goal(written: WrittenVm): Goal | null;
  readonly wishes?: (names: readonly VmName[]) => NonNullable<Intent["wishes"]>;
}

/** `written`: names and patterns. */
export function setVmFields(written: readonly string[], verb: FieldsVerb): Verb {
  return {
    what: `${verb.doing} ${shownNames("VM", written)}`,
    intend: (ground) => {
      const vms = vmsMeant(written, ground);
      const wishes = verb.wishes?.(vms.map(({ name }) => name));
      return {
        edits: vms.map((vm) => ({
          id: objectId("VM", vm.name),
          patch: verb.patch(vm, ground.folder),
          fields: verb.fields,
        })),
        goals: vms.map((vm) => verb.goal(vm)).filter((goal) => goal !== null),
        ...(wishes === undefined ? {} : { wishes }),
      };
    },
  };
}

/** @throws KeelError `not-found`, `refused` where no document names a VM that there is */
export function vmsMeant(written: readonly string[], { folder, state }: Ground): readonly WrittenVm[] {
  const documented = namesOfKind(folder.documents.keys(), "VM");
  for (const each of written) {
    const name = each.replace(/^vm\//, "");
    if (documented.has(name) || state?.placements.has(name) !== true) continue;
    throw new KeelError("refused", {
      what: `Editing vm/${name}`,
      why: "no document names it any more: it is an orphan",
      advice: "`keel rollback` puts a removed document back; `keel history` tells from when.",
    });
  }
  return namesMeant(written, "VM", documented).map((name) => {
    const document = folder.documents.get(objectId("VM", name));
    const vm = folder.desired.vms.get(name);
    if (document?.kind !== "VM" || vm === undefined) throw new TypeError(`no VM of a document: ${name}`);
    return { name, document, vm };
  });
}

/** Whether a profile of the VM, or one of that, says the field. */
export function isSaidByProfile(folder: Loaded, document: VmDocument, field: string): boolean {
  const waiting = [...(document.profiles ?? [])];
  const seen = new Set<string>();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const profile = folder.documents.get(objectId("Profile", name));
    if (seen.has(name) || profile?.kind !== "Profile") continue;
    seen.add(name);
    if (field in profile) return true;
    waiting.push(...(profile.profiles ?? []));
  }
  return false;
}
