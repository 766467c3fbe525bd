/** A scenario as it stands in its file: what is generated, shrunk and written down. */
import { stringify } from "yaml";
import type { Json } from "../../reconciler/desired/edit/merge-patch.ts";
import { mendsOf } from "./mends.ts";
import type { JsonMap, ScriptEvent } from "./script.ts";

export interface ScenarioDocument {
  readonly seed: number;
  readonly objects: readonly JsonMap[];
  readonly hardware: JsonMap;
  readonly start: Readonly<Record<string, string>>;
  /** In the order of their times; each does one thing. Faults that they leave are mended at the end (`mendsOf`). */
  readonly events: readonly ScriptEvent[];
}

/** The value that a reader of scenario files takes. */
export function fileValue({ seed, objects, hardware, start, events }: ScenarioDocument): JsonMap {
  return {
    objects,
    ...(Object.keys(hardware).length > 0 ? { hardware } : {}),
    ...(Object.keys(start).length > 0 ? { start } : {}),
    seed,
    events: [...events, ...mendsOf(events)].map(({ at, act }) => ({ at: `${at}ms`, ...act })),
    until: "settled",
  };
}

/** The file: a line for each object and event. */
export function fileText(document: ScenarioDocument, comments: readonly string[]): string {
  const heading = comments.map((line) => `# ${line}\n`).join("");
  const fields = Object.entries(fileValue(document)).map(([key, value]) => {
    if (!Array.isArray(value)) return `${key}: ${inOneLine(value)}\n`;
    if (value.length === 0) return `${key}: []\n`;
    return `${key}:\n${value.map((each: Json) => `  - ${inOneLine(each)}\n`).join("")}`;
  });
  return heading + fields.join("");
}

function inOneLine(value: Json): string {
  return stringify(value, { collectionStyle: "flow", lineWidth: 0, compat: "yaml-1.1" }).trim();
}
