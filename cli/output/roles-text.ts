/** `keel store roles`: what each role may do, then what has to be changed. */
import { type Line, span } from "../../tui/view/line.ts";
import { etcdctlCommand } from "../../reconciler/store/roles-commands.ts";
import type { Access, Permission } from "../../reconciler/store/roles.ts";
import type { RolePlan } from "../../reconciler/store/roles-plan.ts";
import { heading, sections } from "./layout.ts";
import { tableOf } from "./table.ts";

interface Row {
  readonly user: string;
  readonly permission: Permission;
}

export function rolesText(access: Access, { changes, left }: RolePlan): readonly Line[] {
  const users = new Map(access.users.map(({ name, role }) => [role, name]));
  const rows = access.roles.flatMap(({ name, permissions }) =>
    permissions.map((permission): Row => ({ user: users.get(name) ?? "", permission })),
  );
  return sections([
    tableOf<Row>(
      [
        { title: "CERTIFICATE", cell: ({ user }) => [span(user)] },
        { title: "MAY", cell: ({ permission }) => [span(permission.access)] },
        { title: "KEYS", cell: ({ permission }) => [span(keysIn(permission))] },
      ],
      rows,
    ),
    changes.length === 0
      ? [[span("The store has these roles; nothing is to be changed.", "ok")]]
      : [heading("To be changed:"), ...changes.map((change): Line => [span(`  ${etcdctlCommand(change)}`)])],
    left.length === 0
      ? []
      : [
          heading("Left as they are, `--prune` takes them away:"),
          ...left.map((role): Line => [span(`  ${role}`)]),
        ],
  ]);
}

/** Our ranges are prefixes. */
function keysIn({ key, end }: Permission): string {
  return end === null ? key : `${key}*`;
}
