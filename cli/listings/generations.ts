import { formatAge } from "../../tui/view/amounts.ts";
import { formatTime } from "../../reconciler/desired/times.ts";
import type { ChangeCounts, Head } from "../../reconciler/control/desired-objects.ts";
import type { NamedList } from "../output/listing-output.ts";
import { type Column, tableOf } from "../output/table.ts";
import { text } from "./cells.ts";

/** What was in force, since when, and who had asked for it. */
export interface GenerationItem {
  readonly kind: "Generation";
  /** Its number. */
  readonly name: string;
  readonly generation: number;
  readonly at: number;
  readonly by: string;
  /** Git's, where the folder was a work tree. */
  readonly commit: string | null;
  /** Of all documents. */
  readonly digest: string;
  /** Against the generation before. Null where that was not put on record. */
  readonly changes: ChangeCounts | null;
  /** What it was, where it was no plain apply. */
  readonly note: string | null;
}

export function generationItem(head: Head): GenerationItem {
  const { generation, at, by, commit, digest, changes = null, note = null } = head;
  return { kind: "Generation", name: String(generation), generation, at, by, commit, digest, changes, note };
}

/** Heads as a list, like those of `keel get`. */
export function listGenerations(heads: readonly Head[], now: number): NamedList {
  const items = heads.map(generationItem);
  const columns = columnsAt(now);
  const listed = {
    items,
    lines: (wide: boolean) =>
      tableOf(
        columns.filter((column) => wide || column.wide !== true),
        items,
      ),
  };
  const names = { word: "generation", plural: "generations", noun: "generation" };
  return { listing: { ...names, list: () => listed }, listed };
}

/** A git commit is known by its beginning. */
const commitCells = 12;

function columnsAt(now: number): readonly Column<GenerationItem>[] {
  const counted = (of: keyof ChangeCounts) => (row: GenerationItem) =>
    text(row.changes === null ? "" : String(row.changes[of]));
  return [
    { title: "GENERATION", align: "right", cell: ({ name }) => text(name) },
    { title: "AGE", align: "right", cell: ({ at }) => text(formatAge(now - at)) },
    { title: "WHEN", wide: true, cell: ({ at }) => text(formatTime(at)) },
    { title: "BY", cell: ({ by }) => text(by.replaceAll(" ", ":")) },
    { title: "ADDED", align: "right", cell: counted("added") },
    { title: "CHANGED", align: "right", cell: counted("changed") },
    { title: "REMOVED", align: "right", cell: counted("removed") },
    { title: "COMMIT", cell: ({ commit }) => text(commit === null ? "" : shortCommit(commit)) },
    { title: "DIGEST", wide: true, cell: ({ digest }) => text(digest.slice(0, commitCells)) },
    { title: "NOTE", cell: ({ note }) => text(note ?? "") },
  ];
}

/** The beginning of the hash, and whether there were edits on top of it. */
export function shortCommit(commit: string): string {
  const [hash = "", dirty] = commit.split("-");
  return dirty === undefined ? hash.slice(0, commitCells) : `${hash.slice(0, commitCells)}-${dirty}`;
}
