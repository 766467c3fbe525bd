/** Changes of roles in the words of `etcdctl`, for those who would rather do it themselves. */
import { unreachable } from "../model/unreachable.ts";
import type { AccessKind, Permission } from "./roles.ts";
import type { RoleChange } from "./roles-plan.ts";

/** One command a change. Names and keys of ours need no quotes. */
export function etcdctlCommand(change: RoleChange): string {
  switch (change.kind) {
    case "add-role":
      return `etcdctl role add ${change.role}`;
    case "grant":
      return `etcdctl role grant-permission ${change.role} ${words[change.permission.access]} ${rangeOf(change.permission)}`;
    case "revoke":
      return `etcdctl role revoke-permission ${change.role} ${rangeOf(change.permission)}`;
    case "add-user":
      return `etcdctl user add ${change.user} --no-password`;
    case "give-role":
      return `etcdctl user grant-role ${change.user} ${change.role}`;
    case "take-role":
      return `etcdctl user revoke-role ${change.user} ${change.role}`;
    case "delete-role":
      return `etcdctl role delete ${change.role}`;
    default:
      return unreachable(change);
  }
}

const words: Readonly<Record<AccessKind, string>> = {
  "read": "read",
  "write": "write",
  "read-write": "readwrite",
};

function rangeOf({ key, end }: Permission): string {
  return end === null ? key : `${key} ${end}`;
}
