import { rootDisk } from "../schema/defaults.ts";
import type { ProfileDocument, VmDocument } from "../schema/documents.ts";

/** What a VM and its profiles may both say. */
export type VmFields = Omit<VmDocument, "kind" | "name" | "profiles" | "renamedFrom" | "migrate" | "domain">;
type DiskFields = NonNullable<VmFields["disks"]>[number];
type NicFields = NonNullable<VmFields["nics"]>[number];
type Written<T> = T | null | undefined;

/**
 * The fields of a VM, its profiles below it. A later layer wins: scalars and plain lists are replaced, maps merge, disks
 * and nics merge by name, and null takes back what the layers below said.
 */
export function mergeLayers(layers: readonly (ProfileDocument | VmDocument)[]): VmFields {
  const [first, ...rest] = layers.map((layer) => withRootDisk(layer));
  return rest.reduce(mergeFields, first ?? {});
}

function mergeFields(below: VmFields, above: VmFields): VmFields {
  const disksBelow =
    above.disk === null ? below.disks?.filter((disk) => disk.name !== rootDisk) : below.disks;
  return {
    ...below,
    ...above,
    migration: mergeMaps(below.migration, above.migration),
    shutdown: mergeMaps(below.shutdown, above.shutdown),
    restart: mergeMaps(below.restart, above.restart),
    disks: mergeNamed<DiskFields>(disksBelow, above.disks, mergeDisks),
    nics: mergeNamed<NicFields>(below.nics, above.nics, (lower, upper) => ({ ...lower, ...upper })),
  };
}

function mergeMaps<T extends object>(below: Written<T>, above: Written<T>): T | null {
  if (above === undefined) return below ?? null;
  return above === null ? null : { ...below, ...above };
}

/** Entries keep the place where they were first named; new ones follow. */
function mergeNamed<T extends { readonly name: string }>(
  below: Written<readonly T[]>,
  above: Written<readonly T[]>,
  merge: (below: T, above: T) => T,
): readonly T[] | null {
  if (above === undefined) return below ?? null;
  if (above === null) return null;
  const merged = new Map((below ?? []).map((entry) => [entry.name, entry]));
  for (const entry of above) {
    const lower = merged.get(entry.name);
    merged.set(entry.name, lower === undefined ? entry : merge(lower, entry));
  }
  return [...merged.values()];
}

/** A disk that becomes a file is no volume any more, and the other way round. */
function mergeDisks(below: DiskFields, above: DiskFields): DiskFields {
  if (isSet(above.file)) {
    const { volume: _volume, size: _size, ...rest } = below;
    return { ...rest, ...above };
  }
  if (isSet(above.volume) || isSet(above.size)) {
    const { file: _file, ...rest } = below;
    return { ...rest, ...above };
  }
  return { ...below, ...above };
}

/** `disk: 20GiB` is the disk named root, in the list where all others are. */
function withRootDisk(fields: VmFields): VmFields {
  if (typeof fields.disk !== "string") return fields;
  return { ...fields, disks: [{ name: rootDisk, size: fields.disk }, ...(fields.disks ?? [])] };
}

function isSet<T>(value: Written<T>): value is T {
  return value !== undefined && value !== null;
}
