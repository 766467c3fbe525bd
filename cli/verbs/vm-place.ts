/** `keel vm migrate|unmigrate|move`: edits of `node` and `migrate`. */
import { pickTargets } from "../../reconciler/control/pick-targets.ts";
import type { MergePatch } from "../../reconciler/desired/edit/merge-patch.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import { type NodeName, objectId, type VmName } from "../../reconciler/model/names.ts";
import { vmIsAt } from "./goals.ts";
import { namesMeant, shownNames } from "./subjects.ts";
import type { Ground, Verb } from "./verb.ts";
import { setVmFields, vmsMeant, type WrittenVm } from "./vm-fields.ts";

/** `to`: null: the selector's choice, made once. */
export function migrateVms(written: readonly string[], to: NodeName | null, now: number): Verb {
  return goTo(written, to, now, {
    doing: "Migrating",
    fields: ["migrate"],
    patch: ({ vm }, node) => (vm.migrate === node ? {} : { migrate: node }),
  });
}

/** The home is another one from now on. */
export function moveVms(written: readonly string[], to: NodeName | null, now: number): Verb {
  return goTo(written, to, now, {
    doing: "Moving",
    fields: ["node", "migrate"],
    patch: ({ vm, document }, node) => ({
      ...(vm.node === node ? {} : { node }),
      ...(document.migrate === undefined ? {} : { migrate: null }),
    }),
  });
}

export function unmigrateVms(written: readonly string[]): Verb {
  return setVmFields(written, {
    doing: "Bringing home",
    fields: ["migrate"],
    patch: ({ document }) => (document.migrate === undefined ? {} : { migrate: null }),
    goal: ({ name }) => vmIsAt(name, null),
  });
}

interface Going {
  readonly doing: string;
  readonly fields: readonly string[];
  patch(written: WrittenVm, node: NodeName): MergePatch;
}

function goTo(written: readonly string[], to: NodeName | null, now: number, going: Going): Verb {
  const what = `${going.doing} ${shownNames("VM", written)}`;
  // A second try, after somebody else's edit, does not choose again what was shown.
  const chosen = new Map<VmName, NodeName>();
  return {
    what,
    intend: (ground) => {
      const vms = vmsMeant(written, ground);
      const { nodes } = ground.folder.desired;
      const [named = null] = to === null ? [] : namesMeant([to], "Node", new Set(nodes.keys()));
      if (named === null) choose(what, vms, ground, chosen, now);
      const target = (name: VmName) => named ?? chosen.get(name) ?? "";
      return {
        edits: vms.map((vm) => ({
          id: objectId("VM", vm.name),
          patch: going.patch(vm, target(vm.name)),
          fields: going.fields,
        })),
        goals: vms.map(({ name }) => vmIsAt(name, target(name))),
      };
    },
  };
}

/** @throws KeelError `usage`, `refused` */
function choose(
  what: string,
  vms: readonly WrittenVm[],
  { folder, state }: Ground,
  chosen: Map<VmName, NodeName>,
  now: number,
): void {
  if (state === null) {
    throw new KeelError("usage", {
      problem: "Without a store nothing can be chosen: say where, with --to NODE.",
    });
  }
  const open = vms.map(({ name }) => name).filter((name) => !chosen.has(name));
  for (const [name, picked] of pickTargets(state, folder.desired, open, now)) {
    if (!picked.found) {
      const why = `no node can take vm/${name}: ${picked.why}`;
      throw new KeelError("refused", {
        what,
        why,
        advice: "Widen its limits, make room, or name a node with --to.",
      });
    }
    chosen.set(name, picked.node);
  }
}
