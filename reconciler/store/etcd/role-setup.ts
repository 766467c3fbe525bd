/** Roles and users of an etcd: what there is, and changing it. Needs the rights of `root` once authentication is on. */
import type { IPermission } from "etcd3";
import type { Clock } from "../../model/clock.ts";
import { unreachable } from "../../model/unreachable.ts";
import type { AccessKind, Permission, Role } from "../roles.ts";
import type { PresentAccess, RoleChange } from "../roles-plan.ts";
import { StoreError } from "../store.ts";
import { Calls } from "./calls.ts";
import { Endpoints, type StoreCredentials } from "./endpoints.ts";

export interface RoleSetupOptions {
  readonly endpoints: readonly string[];
  readonly clock: Clock;
  readonly credentials?: StoreCredentials;
}

const requestTimeoutMs = 5_000;

const accessOf: Readonly<Record<IPermission["permType"], AccessKind>> = {
  Read: "read",
  Write: "write",
  Readwrite: "read-write",
};
const wireAccess: Readonly<Record<AccessKind, IPermission["permType"]>> = {
  "read": "Read",
  "write": "Write",
  "read-write": "Readwrite",
};

/** A connection for setting up roles. All methods throw `StoreError`. */
export class RoleSetup {
  readonly #endpoints: Endpoints;
  readonly #calls: Calls;

  constructor(options: RoleSetupOptions) {
    this.#endpoints = new Endpoints({ ...options, requestTimeoutMs });
    this.#calls = new Calls(this.#endpoints, options.clock, requestTimeoutMs);
  }

  async read(): Promise<PresentAccess> {
    const { roles } = await this.#calls.repeatable(({ auth }, options) => auth.roleList(options));
    const { users } = await this.#calls.repeatable(({ auth }, options) => auth.userList(options));
    return {
      roles: await Promise.all(roles.map((role) => this.#role(role))),
      users: await Promise.all(users.map((user) => this.#user(user))),
    };
  }

  /** Carries out one change. Each can be done again after a failure whose outcome is unknown: read, and plan anew. */
  async change(change: RoleChange): Promise<void> {
    switch (change.kind) {
      case "add-role":
        await this.#calls.once(({ auth }, options) => auth.roleAdd({ name: change.role }, options));
        return;
      case "grant":
        await this.#grant(change.role, change.permission);
        return;
      case "revoke":
        await this.#revoke(change.role, change.permission);
        return;
      case "add-user":
        await this.#addUser(change.user);
        return;
      case "give-role":
        await this.#calls.once(({ auth }, options) => auth.userGrantRole(change, options));
        return;
      case "take-role":
        await this.#calls.once(({ auth }, options) =>
          auth.userRevokeRole({ name: change.user, role: change.role }, options),
        );
        return;
      case "delete-role":
        await this.#calls.once(({ auth }, options) => auth.roleDelete({ role: change.role }, options));
        return;
      default:
        unreachable(change);
    }
  }

  /** From then on the store answers nobody whom it does not know. On already: nothing. */
  async enable(): Promise<void> {
    await this.#calls.once(({ auth }, options) => auth.authEnable(options));
  }

  /** Whether the store answers this client at all: a certificate may be asked for before anything else. */
  async answers(): Promise<boolean> {
    try {
      await this.#calls.repeatable(({ kv }, options) => kv.range({ key: Buffer.from("keel") }, options));
      return true;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return error.code === "denied";
    }
  }

  close(): void {
    this.#endpoints.close();
  }

  async #role(name: string): Promise<Role> {
    const { perm } = await this.#calls.repeatable(({ auth }, options) =>
      auth.roleGet({ role: name }, options),
    );
    return { name, permissions: perm.map(permission) };
  }

  async #user(name: string): Promise<PresentAccess["users"][number]> {
    const { roles } = await this.#calls.repeatable(({ auth }, options) => auth.userGet({ name }, options));
    return { name, roles };
  }

  async #grant(name: string, { access, key, end }: Permission): Promise<void> {
    const perm = { permType: wireAccess[access], ...wireRange({ key, end }) };
    await this.#calls.once(({ auth }, options) => auth.roleGrantPermission({ name, perm }, options));
  }

  async #revoke(role: string, { key, end }: Permission): Promise<void> {
    const request = { role, ...wireRange({ key, end }) };
    await this.#calls.once(({ auth }, options) => auth.roleRevokePermission(request, options));
  }

  async #addUser(name: string): Promise<void> {
    const request = { name, options: { no_password: true } };
    await this.#calls.once(({ auth }, options) => auth.userAdd(request, options));
  }
}

function permission({ permType, key, range_end }: IPermission): Permission {
  return {
    access: accessOf[permType],
    key: key.toString(),
    end: range_end.length === 0 ? null : range_end.toString(),
  };
}

function wireRange({ key, end }: Omit<Permission, "access">): { key: Buffer; range_end: Buffer } {
  return { key: Buffer.from(key), range_end: Buffer.from(end ?? "") };
}
