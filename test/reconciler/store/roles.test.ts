import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clusterKeys } from "../../../reconciler/store/keys.ts";
import { etcdctlCommand } from "../../../reconciler/store/roles-commands.ts";
import {
  planRoles,
  planRoot,
  type PresentAccess,
  type RoleChange,
} from "../../../reconciler/store/roles-plan.ts";
import { type Access, accessOf, type Permission } from "../../../reconciler/store/roles.ts";

const keys = clusterKeys("lab");
const access = accessOf("lab", ["hv1", "hv2"]);
const options = { cluster: "lab", prune: false };
const empty: PresentAccess = { roles: [], users: [] };

/** The users who may do that with a key. */
function whoMay(what: "read" | "write", key: string): readonly string[] {
  return access.users
    .filter(({ role }) => permissionsOf(access, role).some((permission) => allows(permission, what, key)))
    .map(({ name }) => name.replace("keel-", ""));
}

function permissionsOf({ roles }: Pick<Access, "roles">, role: string): readonly Permission[] {
  return roles.find(({ name }) => name === role)?.permissions ?? [];
}

function allows(permission: Permission, what: "read" | "write", key: string): boolean {
  if (permission.access !== what && permission.access !== "read-write") return false;
  return permission.end === null ? key === permission.key : key >= permission.key && key < permission.end;
}

/** The store after these changes. */
function after(present: PresentAccess, changes: readonly RoleChange[]): PresentAccess {
  const roles = new Map(present.roles.map(({ name, permissions }) => [name, [...permissions]]));
  const users = new Map(present.users.map(({ name, roles: had }) => [name, [...had]]));
  for (const change of changes) {
    if (change.kind === "add-role") roles.set(change.role, []);
    else if (change.kind === "add-user") users.set(change.user, []);
    else if (change.kind === "delete-role") roles.delete(change.role);
    else if (change.kind === "grant") roles.get(change.role)?.push(change.permission);
    else if (change.kind === "give-role") users.get(change.user)?.push(change.role);
    else if (change.kind === "revoke") {
      const { key, end } = change.permission;
      const kept = roles.get(change.role)?.filter((had) => had.key !== key || had.end !== end) ?? [];
      roles.set(change.role, kept);
    } else {
      users.set(change.user, users.get(change.user)?.filter((role) => role !== change.role) ?? []);
    }
  }
  return {
    roles: [...roles].map(([name, permissions]) => ({ name, permissions })),
    users: [...users].map(([name, had]) => ({ name, roles: had })),
  };
}

describe("the roles of the parts", () => {
  it("give every record the writers that it has, and no others", () => {
    const writers: readonly (readonly [string, readonly string[]])[] = [
      [keys.leader, ["reconciler"]],
      [keys.head, ["reconciler", "operator"]],
      [keys.object("0"), ["reconciler", "operator"]],
      [keys.history(1), ["reconciler", "operator"]],
      [keys.collection, ["reconciler"]],
      [keys.housekeeping, ["reconciler"]],
      [keys.rounds, ["reconciler"]],
      [keys.source, ["reconciler"]],
      [keys.placement("web1"), ["reconciler"]],
      [keys.identity("web1"), ["reconciler", "operator"]],
      [keys.tries("web1"), ["reconciler"]],
      [keys.volume("default", "web1"), ["reconciler"]],
      [keys.step("hv1", "s1"), ["reconciler"]],
      [keys.progress("hv1", "s1"), ["reconciler", "agent-hv1"]],
      [keys.lastFields("hv1"), ["reconciler"]],
      [keys.lease, ["reconciler"]],
      [keys.request("r1"), ["reconciler", "operator"]],
      [keys.planUsed("p1"), ["operator"]],
      [keys.event("leader", "0000"), ["reconciler"]],
      [keys.store, ["reconciler", "agent-hv1", "agent-hv2"]],
      [keys.restoring, []],
      [keys.alive("hv1"), ["heartbeat-hv1"]],
      [keys.agent("hv1"), ["agent-hv1"]],
      [keys.status("hv2"), ["agent-hv2"]],
      [keys.domain("hv2", "web1"), ["agent-hv2"]],
      [keys.domain("hv11", "web1"), []],
      [clusterKeys("lab2").leader, []],
      ["elsewhere", []],
    ];
    for (const [key, names] of writers) assert.deepEqual(whoMay("write", key), names, key);
  });

  it("let nobody read what it does not need", () => {
    assert.deepEqual(whoMay("read", keys.head), ["reconciler", "operator", "viewer"]);
    assert.deepEqual(whoMay("read", keys.placement("web1")).length, 5);
    assert.deepEqual(whoMay("read", keys.fence("hv1")).length, 6, "a heartbeat its own node's");
    assert.deepEqual(whoMay("read", clusterKeys("lab2").head), []);
  });
});

describe("planning roles", () => {
  it("makes all of them in an empty store, then finds nothing to do", () => {
    const { changes } = planRoles(access, empty, options);
    const present = after(empty, changes);
    assert.deepEqual(planRoles(access, present, options), { changes: [], left: [] });
    for (const { name, permissions } of access.roles) {
      assert.deepEqual(permissionsOf(present, name), permissions);
    }
  });

  it("gives before it takes, and takes away what should not be there", () => {
    const present = after(empty, planRoles(access, empty, options).changes);
    const [role] = access.roles;
    assert.ok(role !== undefined);
    const tooMuch: Permission = { access: "write", key: "/", end: "0" };
    const spoilt = after(present, [
      { kind: "grant", role: role.name, permission: tooMuch },
      { kind: "add-user", user: "mallory" },
      { kind: "give-role", user: "mallory", role: role.name },
      { kind: "give-role", user: "keel-viewer", role: "root" },
    ]);
    const { changes } = planRoles(access, spoilt, options);
    assert.deepEqual(changes, [
      { kind: "revoke", role: role.name, permission: tooMuch },
      { kind: "take-role", user: "keel-viewer", role: "root" },
      { kind: "take-role", user: "mallory", role: role.name },
    ]);
    assert.deepEqual(planRoles(access, after(spoilt, changes), options).changes, []);
  });

  it("sets a range right whose access was changed", () => {
    const present = after(empty, planRoles(access, empty, options).changes);
    const [role] = access.roles;
    const [permission] = role?.permissions ?? [];
    assert.ok(role !== undefined && permission !== undefined);
    const wrong = after(present, [
      { kind: "revoke", role: role.name, permission },
      { kind: "grant", role: role.name, permission: { ...permission, access: "read-write" } },
    ]);
    const { changes } = planRoles(access, wrong, options);
    assert.deepEqual(
      changes.map(({ kind }) => kind),
      ["revoke", "grant"],
    );
    assert.deepEqual(planRoles(access, after(wrong, changes), options).changes, []);
  });

  it("leaves the roles of nodes that were not named, unless told to prune", () => {
    const present = after(empty, planRoles(access, empty, options).changes);
    const fewer = accessOf("lab", ["hv1"]);
    const left = ["keel:lab:agent:hv2", "keel:lab:heartbeat:hv2"];
    assert.deepEqual(planRoles(fewer, present, options), { changes: [], left });
    assert.deepEqual(planRoles(fewer, present, { ...options, prune: true }), {
      changes: left.map((role) => ({ kind: "delete-role", role })),
      left: [],
    });
  });

  it("leaves other clusters' roles and users alone", () => {
    const present = after(empty, planRoles(access, empty, options).changes);
    const other = planRoles(accessOf("lab2", ["hv1"]), present, { ...options, cluster: "lab2" });
    const both = after(present, other.changes);
    assert.deepEqual(planRoles(access, both, { ...options, prune: true }), { changes: [], left: [] });
  });

  it("makes a root only where there is none", () => {
    const changes = planRoot(empty);
    assert.deepEqual(
      changes.map((change) => etcdctlCommand(change)),
      ["etcdctl role add root", "etcdctl user add root --no-password", "etcdctl user grant-role root root"],
    );
    assert.deepEqual(planRoot(after(empty, changes)), []);
  });
});
