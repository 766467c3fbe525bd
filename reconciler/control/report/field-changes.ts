/** What differs between two objects, field by field, in the words in which administrators write them. */
import { formatTime } from "../../desired/times.ts";
import { formatSize } from "../../plan/hardware.ts";

export interface FieldChange {
  /** As in the document: `memory`, `shutdown.timeout`. */
  readonly path: string;
  readonly old: string | null;
  readonly new: string | null;
}

/** The fields of `next` that `previous` had otherwise, sorted as in the objects. `null`: it did not exist. */
export function fieldChanges(previous: object | null, next: object): FieldChange[] {
  const before = new Map(previous === null ? [] : leaves(previous, ""));
  const after = new Map(leaves(next, ""));
  const changes: FieldChange[] = [];
  for (const [path, value] of after) {
    const old = before.get(path) ?? null;
    if (old !== value) changes.push({ path, old, new: value });
  }
  for (const [path, old] of before) {
    if (!after.has(path)) changes.push({ path, old, new: null });
  }
  return changes.filter((change) => change.path !== "name");
}

function leaves(value: object, prefix: string): [string, string][] {
  return Object.entries(value).flatMap(([key, field]: [string, unknown]): [string, string][] => {
    const { name, text } = inWords(key, field);
    const path = prefix === "" ? name : `${prefix}.${name}`;
    if (isPlain(field)) return leaves(field, path);
    return text === null ? [] : [[path, text]];
  });
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `memoryBytes: 2147483648` is written `memory: 2GiB`. An unset field is no value. */
function inWords(key: string, value: unknown): { readonly name: string; readonly text: string | null } {
  if (key.endsWith("Bytes")) {
    return {
      name: key.slice(0, -"Bytes".length),
      text: typeof value === "number" ? formatSize(value) : null,
    };
  }
  if (key.endsWith("Ms")) {
    return {
      name: key.slice(0, -"Ms".length),
      text: typeof value === "number" ? formatDuration(value) : null,
    };
  }
  if (key === "until" && typeof value === "number") return { name: key, text: formatTime(value) };
  return { name: key, text: scalarInWords(value) };
}

function scalarInWords(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.length === 0 ? null : `[${value.map(itemInWords).join(", ")}]`;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What nobody writes, or what says nothing new. */
const unsaid = new Set(["source", "shared", "implied"]);

/** An item of a list: named ones by what they are about, so that a line stays a line. */
function itemInWords(item: unknown): string {
  if (!isPlain(item)) return scalarInWords(item) ?? "";
  return leaves(item, "")
    .filter(([path]) => !unsaid.has(path))
    .map(([path, text]) => (path === "name" ? text : `${path} ${text}`))
    .join(" ");
}

const durationUnits = [
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** The largest unit in which it is a whole number. */
export function formatDuration(ms: number): string {
  for (const [unit, size] of durationUnits) {
    if (ms >= size && ms % size === 0) return `${String(ms / size)}${unit}`;
  }
  return `${String(ms)}ms`;
}
