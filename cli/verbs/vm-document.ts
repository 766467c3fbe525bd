/** `keel vm rename|forget|protect`: verbs about a VM's document as a whole. */
import { KeelError } from "../../reconciler/model/errors.ts";
import { objectId, type VmName } from "../../reconciler/model/names.ts";
import { shownNames } from "./subjects.ts";
import type { Verb } from "./verb.ts";
import { isSaidByProfile, setVmFields, vmsMeant } from "./vm-fields.ts";

/** UUID, MACs, volumes and place stay. */
export function renameVm(from: string, to: VmName): Verb {
  const what = `Renaming ${shownNames("VM", [from])} to ${to}`;
  return {
    what,
    intend: (ground) => {
      const [vm, ...others] = vmsMeant([from], ground);
      if (vm === undefined || others.length > 0)
        throw refused(what, "one VM is renamed at a time", "Name one.");
      const becomes = objectId("VM", to);
      if (ground.folder.documents.has(becomes)) {
        throw refused(what, `there is a vm/${to} already`, "Choose another name.");
      }
      const patch = { name: to, renamedFrom: vm.name };
      const id = objectId("VM", vm.name);
      return { edits: [{ id, patch, fields: null, becomes }], goals: [] };
    },
  };
}

/** Its document goes; the VM stays as it is, and is nobody's business any more. */
export function forgetVms(written: readonly string[]): Verb {
  return {
    what: `Forgetting ${shownNames("VM", written)}`,
    intend: (ground) => ({
      edits: vmsMeant(written, ground).map(({ name }) => ({
        id: objectId("VM", name),
        patch: null,
        fields: null,
      })),
      goals: [],
    }),
  };
}

export function protectVms(written: readonly string[], protect: boolean): Verb {
  return setVmFields(written, {
    doing: protect ? "Protecting" : "Taking the protection from",
    fields: ["protect"],
    patch: ({ vm, document }, folder) => {
      if (vm.protect === protect) return {};
      return { protect: protect || isSaidByProfile(folder, document, "protect") ? protect : null };
    },
    goal: () => null,
  });
}

function refused(what: string, why: string, advice: string): KeelError {
  return new KeelError("refused", { what, why, advice });
}
