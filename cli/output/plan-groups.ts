/** Changes that say the same of many objects, said once: 200 changed VMs are to fit one screen. */
import { parseObjectId } from "../../reconciler/model/names.ts";
import type { ChangeReport, FieldReport } from "../../reconciler/model/report.ts";

export interface ChangeGroup {
  /** What all of them have in common; its fields say `{name}` where each says its own name. */
  readonly common: Pick<ChangeReport, "word" | "impact" | "fields">;
  /** One or more, in the plan's order. */
  readonly changes: readonly ChangeReport[];
}

/** Fewer than that are shown one by one: a name is easier to read than a rule. */
const groupMin = 3;

/** In the order in which the plan names the first of each group. */
export function groupChanges(changes: readonly ChangeReport[]): readonly ChangeGroup[] {
  const groups = Map.groupBy(changes, signature);
  return [...groups.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    if (alike.length < groupMin) return alike.map((change) => ({ common: change, changes: [change] }));
    return [{ common: { ...first, fields: nameless(first) }, changes: alike }];
  });
}

/** One group for each change. */
export function ungrouped(changes: readonly ChangeReport[]): readonly ChangeGroup[] {
  return changes.map((change) => ({ common: change, changes: [change] }));
}

function signature(change: ChangeReport): string {
  const { kind } = parseObjectId(change.object);
  const steps = change.steps.map((step) => step.kind);
  return JSON.stringify([kind, change.word, change.impact, change.reason.code, nameless(change), steps]);
}

/** A VM's disk is often named after it: `web1-root` and `web2-root` are `{name}-root`. */
function nameless({ object, fields }: ChangeReport): readonly FieldReport[] {
  const { name } = parseObjectId(object);
  const own = new RegExp(`(?<![a-z0-9])${name}(?![a-z0-9])`, "g");
  const without = (value: string | null) => value?.replace(own, "{name}") ?? null;
  return fields.map((field) => ({ ...field, old: without(field.old), new: without(field.new) }));
}
