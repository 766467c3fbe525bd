/** What happens in a scenario, in the words of its file. */
import type { Json } from "../../reconciler/desired/edit/merge-patch.ts";

export type JsonMap = Readonly<Record<string, Json>>;

/** One event; `at` in milliseconds, so that times can be shortened. */
export interface ScriptEvent {
  readonly at: number;
  readonly act: JsonMap;
}
