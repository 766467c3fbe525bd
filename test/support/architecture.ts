/** Checks the sources against a table of rooms: who imports whom, with which packages, and who builds steps. */
import { posix } from "node:path";

import type { SourceFile } from "./sources.ts";
import { parse, type Syntax } from "./syntax.ts";

/** A folder with rules of its own. A file belongs to the room with the longest name that contains it. */
export interface Room {
  readonly name: string;
  /** Rooms it may import from, besides itself; "*" = any. */
  readonly imports: readonly string[] | "*";
  /** Packages it may use, `node:` modules one by one or as `node:*`; "*" = any. */
  readonly packages: readonly string[] | "*";
}

export interface Rules {
  readonly rooms: readonly Room[];
  readonly stepKinds: readonly string[];
  /** The only rooms in which a step is built. */
  readonly stepBuilders: readonly string[];
}

interface ParsedFile {
  readonly path: string;
  readonly syntax: Syntax;
}

/** One sentence for each violation, sorted by file; empty where all is as the table says. */
export function findViolations(files: readonly SourceFile[], rules: Rules): readonly string[] {
  const parsed = files.map((file) => ({ path: file.path, syntax: parse(file) }));
  return [
    ...parsed.flatMap((file) => importViolations(file, rules)),
    ...parsed.flatMap((file) => stepViolations(file, rules)),
    ...findCycles(parsed).map((cycle) => `import cycle: ${cycle.join(" → ")}`),
  ];
}

function importViolations(file: ParsedFile, rules: Rules): readonly string[] {
  const room = roomOf(file.path, rules);
  if (room === null) return [`${file.path}: is in no room of the table`];
  return file.syntax.imports.flatMap((specifier) => {
    if (!specifier.startsWith(".")) {
      return mayUse(room, specifier)
        ? []
        : [`${file.path}: ${room.name} may not use the package ${specifier}`];
    }
    const target = roomOf(resolve(file.path, specifier), rules);
    if (target !== null && mayImport(room, target)) return [];
    return [`${file.path}: ${room.name} may not import ${specifier}`];
  });
}

function stepViolations(file: ParsedFile, rules: Rules): readonly string[] {
  const room = roomOf(file.path, rules);
  if (room !== null && rules.stepBuilders.includes(room.name)) return [];
  return file.syntax.objects
    .filter(
      ({ kind, properties }) =>
        kind !== null &&
        rules.stepKinds.includes(kind) &&
        properties.includes("epoch") &&
        properties.includes("reason"),
    )
    .map(
      ({ line, kind }) => `${file.path}:${line}: builds a step of kind ${kind ?? ""}; only the planner does`,
    );
}

function roomOf(path: string, rules: Rules): Room | null {
  const containing = rules.rooms.filter(({ name }) => path.startsWith(`${name}/`) || path === name);
  return containing.sort((a, b) => b.name.length - a.name.length)[0] ?? null;
}

function mayImport(from: Room, target: Room): boolean {
  return from.name === target.name || from.imports === "*" || from.imports.includes(target.name);
}

function mayUse(room: Room, specifier: string): boolean {
  if (room.packages === "*") return true;
  if (specifier.startsWith("node:")) {
    return room.packages.includes("node:*") || room.packages.includes(specifier);
  }
  const parts = specifier.split("/");
  return room.packages.includes(parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/"));
}

function resolve(path: string, specifier: string): string {
  return posix.join(posix.dirname(path), specifier);
}

/** Each cycle once, from the file at which it was met first. Types count: a cycle of types is one idea in two files. */
function findCycles(files: readonly ParsedFile[]): readonly (readonly string[])[] {
  const targets = new Map(
    files.map(({ path, syntax }) => [
      path,
      syntax.imports.filter((s) => s.startsWith(".")).map((s) => resolve(path, s)),
    ]),
  );
  const cycles: string[][] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path]);
    if (start >= 0 || done.has(path)) return;
    for (const target of targets.get(path) ?? []) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const path of targets.keys()) walk(path, []);
  return cycles;
}
