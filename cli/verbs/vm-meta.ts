/** `keel vm meta`: where a VM may run, how it is placed and moved, and what it is tagged with. */
import type { Meta } from "../../reconciler/api/ports.ts";
import type { Json, MergePatch } from "../../reconciler/desired/edit/merge-patch.ts";
import type { Loaded } from "../../reconciler/desired/load-result.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { Verb } from "./verb.ts";
import { isSaidByProfile, setVmFields, type WrittenVm } from "./vm-fields.ts";

/** The fields as the files have them; null: the line goes. */
export function metaFields(meta: Meta): Readonly<Record<string, Json>> {
  const { method, maxDowntime } = meta;
  const migration = {
    ...(method === undefined ? {} : { method }),
    ...(maxDowntime === undefined ? {} : { maxDowntime }),
  };
  return {
    ...(meta.limits === undefined ? {} : { limits: meta.limits }),
    ...(meta.selector === undefined ? {} : { selector: meta.selector }),
    ...(meta.autorestart === undefined ? {} : { autorestart: meta.autorestart }),
    ...(Object.keys(migration).length === 0 ? {} : { migration }),
    ...(meta.priority === undefined ? {} : { priority: meta.priority }),
    ...(meta.tags === undefined ? {} : { tags: meta.tags.length === 0 ? null : meta.tags }),
  };
}

export function setMeta(written: readonly string[], meta: Meta): Verb {
  const wanted = metaFields(meta);
  return setVmFields(written, {
    doing: "Editing",
    fields: Object.keys(wanted),
    patch: (vm, folder) => patchOf(vm, folder, wanted),
    goal: () => null,
  });
}

/** @throws KeelError `refused` where a profile says what is to be said no more */
function patchOf(
  { name, document }: WrittenVm,
  folder: Loaded,
  wanted: Readonly<Record<string, Json>>,
): MergePatch {
  const said = new Map<string, unknown>(Object.entries(document));
  const entries = Object.entries(wanted).filter(([key, value]) => value !== null || said.has(key));
  for (const [key, value] of Object.entries(wanted)) {
    if (value !== null || !isSaidByProfile(folder, document, key)) continue;
    throw new KeelError("refused", {
      what: `Editing vm/${name}`,
      why: `its \`${key}\` come from a profile`,
      advice: `Write \`${key}: null\` into its document by hand, or edit the profile.`,
    });
  }
  return Object.fromEntries(entries);
}
