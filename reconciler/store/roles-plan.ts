/** What has to change in the store's roles and users so that they are as they should be. Pure. */
import { type Access, type Permission, type Role, rolePrefix } from "./roles.ts";

/** The roles and users that a store has, ours and others'. */
export interface PresentAccess {
  readonly roles: readonly Role[];
  readonly users: readonly { readonly name: string; readonly roles: readonly string[] }[];
}

export type RoleChange =
  | { readonly kind: "add-role"; readonly role: string }
  | { readonly kind: "grant"; readonly role: string; readonly permission: Permission }
  | { readonly kind: "revoke"; readonly role: string; readonly permission: Permission }
  | { readonly kind: "add-user"; readonly user: string }
  | { readonly kind: "give-role"; readonly user: string; readonly role: string }
  | { readonly kind: "take-role"; readonly user: string; readonly role: string }
  | { readonly kind: "delete-role"; readonly role: string };

export interface RolePlan {
  readonly changes: readonly RoleChange[];
  /** Roles of this cluster that nothing asked for, left as they are: of nodes that were not named. */
  readonly left: readonly string[];
}

export interface RolePlanOptions {
  readonly cluster: string;
  /** Also takes away the roles of nodes that are not named. */
  readonly prune: boolean;
}

/** Changes in an order in which no running part loses what it needs: first what is given, then what is taken. */
export function planRoles(wanted: Access, present: PresentAccess, options: RolePlanOptions): RolePlan {
  const ours = rolePrefix(options.cluster);
  const wantedRoles = new Set(wanted.roles.map(({ name }) => name));
  const unasked = present.roles
    .map(({ name }) => name)
    .filter((name) => name.startsWith(ours) && !wantedRoles.has(name));
  const given = [
    ...wanted.roles.flatMap((role) => giveRole(role, present)),
    ...wanted.users.flatMap((user) => giveUser(user, present)),
  ];
  const taken = [
    ...wanted.roles.flatMap((role) => takePermissions(role, present)),
    ...takeRoles(wanted, present, wantedRoles),
    ...(options.prune ? unasked.map((role): RoleChange => ({ kind: "delete-role", role })) : []),
  ];
  return { changes: [...given, ...taken], left: options.prune ? [] : unasked };
}

/** The user and the role by which a store with authentication is administered. */
export function planRoot(present: PresentAccess): readonly RoleChange[] {
  const root = present.users.find(({ name }) => name === "root");
  return [
    ...(present.roles.some(({ name }) => name === "root")
      ? []
      : [{ kind: "add-role", role: "root" } as const]),
    ...(root === undefined ? [{ kind: "add-user", user: "root" } as const] : []),
    ...(root?.roles.includes("root") === true
      ? []
      : [{ kind: "give-role", user: "root", role: "root" } as const]),
  ];
}

function giveRole(role: Role, present: PresentAccess): readonly RoleChange[] {
  const known = present.roles.find(({ name }) => name === role.name);
  const missing = role.permissions.filter(
    (permission) => known?.permissions.some((had) => sameRange(had, permission)) !== true,
  );
  return [
    ...(known === undefined ? [{ kind: "add-role", role: role.name } as const] : []),
    ...missing.map((permission): RoleChange => ({ kind: "grant", role: role.name, permission })),
  ];
}

function giveUser(user: Access["users"][number], present: PresentAccess): readonly RoleChange[] {
  const known = present.users.find(({ name }) => name === user.name);
  return [
    ...(known === undefined ? [{ kind: "add-user", user: user.name } as const] : []),
    ...(known?.roles.includes(user.role) === true
      ? []
      : [{ kind: "give-role", user: user.name, role: user.role } as const]),
  ];
}

/** What a role has too much. A range with the wrong access is taken and given anew: etcd would keep both. */
function takePermissions(role: Role, present: PresentAccess): readonly RoleChange[] {
  const had = present.roles.find(({ name }) => name === role.name)?.permissions ?? [];
  return had.flatMap((permission): readonly RoleChange[] => {
    const wanted = role.permissions.find((one) => sameRange(one, permission));
    if (wanted?.access === permission.access) return [];
    const revoke = { kind: "revoke", role: role.name, permission } as const;
    return wanted === undefined ? [revoke] : [revoke, { kind: "grant", role: role.name, permission: wanted }];
  });
}

/**
 * Our roles, where somebody has one who should not. And whatever else our users have been given: a part has the rights
 * of its part. What other clusters of ours give them stays.
 */
function takeRoles(
  wanted: Access,
  present: PresentAccess,
  wantedRoles: ReadonlySet<string>,
): readonly RoleChange[] {
  const roleOf = new Map(wanted.users.map(({ name, role }) => [name, role]));
  return present.users.flatMap((user) =>
    user.roles
      .filter((role) => {
        const own = roleOf.get(user.name);
        if (own === undefined) return wantedRoles.has(role);
        return role !== own && (wantedRoles.has(role) || !role.startsWith("keel:"));
      })
      .map((role): RoleChange => ({ kind: "take-role", user: user.name, role })),
  );
}

function sameRange(a: Permission, b: Permission): boolean {
  return a.key === b.key && a.end === b.end;
}
