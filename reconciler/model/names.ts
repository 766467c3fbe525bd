/** Names as administrators write them: `^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`, unique per kind. */
export type NodeName = string;
export type VmName = string;

export const namePattern = "^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$";

/** The kinds of documents that `cluster.d` may hold. */
export const kinds = ["Cluster", "Node", "Profile", "VM", "Network", "StoragePool"] as const;
export type Kind = (typeof kinds)[number];

/** `VM/web1`: one object of the desired state. The command line also takes `vm/web1`. */
export type ObjectId = `${Kind}/${string}`;

export function objectId(kind: Kind, name: string): ObjectId {
  return `${kind}/${name}`;
}

/** The two halves of an object's id. */
export function parseObjectId(id: ObjectId): { readonly kind: Kind; readonly name: string } {
  const slash = id.indexOf("/");
  const kind = kinds.find((k) => k === id.slice(0, slash));
  if (kind === undefined) throw new TypeError(`not an object id: ${id}`);
  return { kind, name: id.slice(slash + 1) };
}

/** Plain code-unit order: the same on every machine, whatever its locale. */
export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
