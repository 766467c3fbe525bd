/**
 * Tokens: who may ask over the network. A token is `keel_NAME_SECRET`; the store keeps a digest of the secret, which has
 * 256 bits of chance, so that a quick digest tells nothing. `token/<name>` is written once and then only deleted.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { KeelError } from "../model/errors.ts";
import { namePattern } from "../model/names.ts";
import { decode, encode } from "../store/codec.ts";
import type { ClusterKeys } from "../store/keys.ts";
import type { Store } from "../store/store.ts";
import type { Caller, Role } from "./caller.ts";

export interface TokenRecord {
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of the secret, in hex. */
  readonly digest: string;
  readonly by: string;
  /** Epoch milliseconds, as `expiresAt`. */
  readonly at: number;
  readonly expiresAt: number;
}

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  readonly by: string;
  readonly now: number;
  readonly forMs: number;
  readonly random: (bytes: number) => Uint8Array;
}

const secretBytes = 32;
const form = new RegExp(`^keel_(${namePattern.slice(1, -1)})_([A-Za-z0-9_-]{43})$`);

/** The token, told this once, and what is kept of it. @throws KeelError `refused` where the name is taken */
export async function createToken(
  store: Store,
  keys: ClusterKeys,
  { name, role, by, now, forMs, random }: NewToken,
): Promise<{ readonly token: string; readonly record: TokenRecord }> {
  const secret = Buffer.from(random(secretBytes)).toString("base64url");
  const record = { name, role, digest: digestOf(secret), by, at: now, expiresAt: now + forMs };
  const key = keys.token(name);
  const { ok } = await store.transact({
    compare: [{ key, createRevision: 0 }],
    then: [{ put: key, value: encode(record) }],
  });
  if (ok) return { token: `keel_${name}_${secret}`, record };
  throw new KeelError("refused", {
    what: `Making the token ${name}`,
    why: "there is one of that name",
    advice: "Choose another name, or take that one away: `keel token revoke`.",
  });
}

export async function listTokens(store: Store, keys: ClusterKeys): Promise<readonly TokenRecord[]> {
  const { items } = await store.list(keys.token(""));
  return items.map((item) => decode<TokenRecord>(item));
}

/** From now on nobody is let in by it. @throws KeelError `not-found` */
export async function revokeToken(store: Store, keys: ClusterKeys, name: string): Promise<void> {
  const key = keys.token(name);
  const item = await store.get(key);
  if (item === null) throw new KeelError("not-found", { what: "token", name, kind: "requests" });
  await store.transact({ compare: [], then: [{ delete: key }] });
}

/**
 * Whose token it is. It is looked up at each request, so that one that is taken away is void at once.
 * @throws KeelError `unauthenticated`
 */
export async function callerOf(store: Store, keys: ClusterKeys, token: string, now: number): Promise<Caller> {
  const [, name = "", , secret = ""] = form.exec(token) ?? [];
  const item = name === "" ? null : await store.get(keys.token(name));
  const record = item === null ? null : decode<TokenRecord>(item);
  // Somebody's guess takes as long, whether there is such a name or not.
  const isRight = isSame(digestOf(secret), record?.digest ?? digestOf("nobody's"));
  if (record === null || !isRight) throw new KeelError("unauthenticated", { why: "The token is not known" });
  if (now >= record.expiresAt) throw new KeelError("unauthenticated", { why: "The token has expired" });
  return { name: `token/${record.name}`, role: record.role };
}

function digestOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

function isSame(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
