import type { IssueCode } from "./issue-codes.ts";

/**
 * A problem of one document, before it has a place in a file. Keys and list indices lead to the value; an entry of a
 * list of named devices may also be given by `[name]`, as in `["disks", "[root]", "size"]`.
 */
export interface Finding {
  readonly code: IssueCode;
  readonly path: readonly string[];
  /** What is marked: the key at the path, its value, or where the map at the path begins. */
  readonly at: "key" | "value" | "start";
  readonly message: string;
  readonly advice: string;
  /** Offsets of what is marked in the domain XML that is the value at the path. */
  readonly inXml?: readonly [number, number];
}

/** `disks[0].size`: a path as people say it. */
export function fieldName(path: readonly string[]): string {
  return path.reduce((text, part) => {
    if (/^[0-9]+$/.test(part)) return `${text}[${part}]`;
    if (part.startsWith("[")) return `${text}${part}`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}
