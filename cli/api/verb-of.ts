/** Which verb of the command line a change stands for. */
import type { Edit } from "../../reconciler/api/ports.ts";
import { unreachable } from "../../reconciler/model/unreachable.ts";
import { setMaintenance } from "../verbs/maintenance.ts";
import { setNodeState } from "../verbs/node-state.ts";
import type { Verb } from "../verbs/verb.ts";
import { defineVms } from "../verbs/vm-define.ts";
import { forgetVms, protectVms, renameVm } from "../verbs/vm-document.ts";
import { setMeta } from "../verbs/vm-meta.ts";
import { migrateVms, moveVms, unmigrateVms } from "../verbs/vm-place.ts";
import { setVmState } from "../verbs/vm-state.ts";

export function verbOf(edit: Edit, now: number): Verb {
  switch (edit.act) {
    case "define":
      return defineVms({ text: edit.text, file: "the request", fields: {} });
    case "meta":
      return setMeta([edit.vm], edit.meta);
    case "state":
      return setVmState([edit.vm], edit.state);
    case "migrate":
      return migrateVms([edit.vm], edit.to, now);
    case "move":
      return moveVms([edit.vm], edit.to, now);
    case "unmigrate":
      return unmigrateVms([edit.vm]);
    case "forget":
      return forgetVms([edit.vm]);
    case "rename":
      return renameVm(edit.vm, edit.to);
    case "protect":
      return protectVms([edit.vm], edit.protect);
    case "node-state":
      return setNodeState([edit.node], edit.state);
    case "maintenance":
      return setMaintenance(edit.node, edit.wanted);
    default:
      return unreachable(edit);
  }
}
