/** What `keel get` lists: one description for each kind of thing, from the records to rows and columns. */
import { jsonOf } from "../../reconciler/control/report/json.ts";
import { type Column, tableOf } from "../output/table.ts";
import type { ClusterState } from "../../reconciler/control/cluster-state.ts";
import type { ClusterReport } from "../../reconciler/model/report.ts";
import type { Line } from "../../tui/view/line.ts";
import type { Glyphs } from "../../tui/view/glyphs.ts";

/** The cluster at one revision, and the moment at which it is looked at. */
export interface View {
  readonly state: ClusterState;
  readonly report: ClusterReport;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly glyphs: Glyphs;
}

export interface Item {
  readonly kind: string;
  readonly name: string;
}

/** Rows that were looked up; nothing in them changes any more. */
export interface Listed {
  readonly items: readonly Item[];
  /** The line with the titles, then one line for each item. */
  lines(wide: boolean): readonly Line[];
}

export interface Listing {
  /** `vm`: what comes before the slash in `-o name`. */
  readonly word: string;
  readonly plural: string;
  /** `VM`: in sentences. */
  readonly noun: string;
  /** Every item, or those of the names, in the order of the names. A name without an item is left out. */
  list(view: View, names: readonly string[]): Listed;
}

export interface ListingOf<Row extends Item> extends Listing {
  /** The items that fit, in their own order. */
  fitting(view: View, fits: (row: Row) => boolean): Listed;
}

export interface ListingSpec<Row extends Item> extends Pick<Listing, "word" | "plural" | "noun"> {
  readonly rows: (view: View) => readonly Row[];
  readonly columns: (view: View) => readonly Column<Row>[];
}

export function listing<Row extends Item>(spec: ListingSpec<Row>): ListingOf<Row> {
  const { word, plural, noun } = spec;
  const listed = (view: View, rows: readonly Row[]): Listed => {
    const columns = spec.columns(view);
    return {
      items: rows,
      lines: (wide) =>
        tableOf(
          columns.filter((column) => wide || column.wide !== true),
          rows,
        ),
    };
  };
  return {
    word,
    plural,
    noun,
    list: (view, names) => {
      const all = spec.rows(view);
      const rows = names.length === 0 ? all : names.flatMap((name) => all.filter((row) => row.name === name));
      return listed(view, rows);
    },
    fitting: (view, fits) => listed(view, spec.rows(view).filter(fits)),
  };
}

/** What tells whether an item is as it was. */
export function fingerprint(item: Item): string {
  return jsonOf(item);
}
