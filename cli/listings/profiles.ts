import type { SourcePosition } from "../../reconciler/model/desired.ts";
import { byName, type VmName } from "../../reconciler/model/names.ts";
import { list, source, text, titled } from "./cells.ts";
import { listing, type View } from "./listing.ts";

export interface ProfileReport {
  readonly kind: "Profile";
  readonly name: string;
  /** As it is written, without `kind` and `name`. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** VMs that name it themselves; those that have it through another profile are not among them. */
  readonly vms: readonly VmName[];
  readonly source: SourcePosition | null;
}

export const profiles = listing<ProfileReport>({
  word: "profile",
  plural: "profiles",
  noun: "profile",
  rows: reportProfiles,
  columns: () => [
    { title: "NAME", cell: (profile) => titled(profile.name) },
    { title: "VMS", align: "right", cell: (profile) => text(profile.vms.length) },
    { title: "USED-BY", wide: true, cell: (profile) => list(profile.vms) },
    { title: "SOURCE", wide: true, cell: (profile) => source(profile.source) },
    { title: "FIELDS", cell: (profile) => list(Object.keys(profile.fields)) },
  ],
});

function reportProfiles({ state: { applied } }: View): readonly ProfileReport[] {
  const stored = [...applied.documents.values()];
  return stored
    .flatMap(({ document, source: position }) => {
      if (document.kind !== "Profile") return [];
      const { kind, name, ...fields } = document;
      const vms = stored.flatMap(({ document: other }) =>
        other.kind === "VM" && other.profiles?.includes(name) === true ? [other.name] : [],
      );
      return [{ kind, name, fields, vms: vms.sort(byName), source: position }];
    })
    .sort((a, b) => byName(a.name, b.name));
}
