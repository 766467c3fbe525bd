/** Everything that one frame is drawn from. */
import type { ClusterReport } from "../reconciler/model/report.ts";
import { settle, type Cursor, type Shape } from "./cursor.ts";
import type { Digest } from "./digest.ts";
import type { Freshness } from "./freshness.ts";
import { chromeRows, placePanels, shapesOf, type PlacedPanel, type Size } from "./layout.ts";
import type { PanelsOf } from "./panels.ts";
import { placeOf, type UiState } from "./state.ts";
import { bannerLines } from "./view/banners.ts";
import { bottomLines } from "./view/bottom.ts";
import type { Line } from "./view/line.ts";
import { objectOfKey, type Canvas } from "./view/panel.ts";

export interface Snapshot {
  readonly report: ClusterReport | null;
  readonly digest: Digest | null;
  readonly freshness: Freshness;
  readonly state: UiState;
  readonly size: Size;
  readonly canvas: Canvas;
  /** Epoch milliseconds, for ages and clocks. */
  readonly now: number;
  readonly banners: readonly Line[];
  /** Status, notice or prompt. */
  readonly bottom: readonly Line[];
  readonly panels: readonly PlacedPanel[];
  readonly shapes: readonly Shape[];
  /** Where the cursor is among the panels as they are now. */
  readonly cursor: Cursor;
  /** What the cursor is on: `VM/web1`. */
  readonly object: string | null;
}

export type SnapshotInput = Pick<
  Snapshot,
  "report" | "digest" | "freshness" | "state" | "size" | "canvas" | "now"
>;

export function takeSnapshot(input: SnapshotInput, panelsOf: PanelsOf): Snapshot {
  const { report, state, size, canvas } = input;
  const chrome = chromeRows(size.rows);
  const place = placeOf(state);
  const banners = bannerLines(report, input, canvas).slice(0, Math.max(0, size.rows - fewestBodyRows));
  const bottom = chrome.status === 0 ? [] : bottomLines(state, report, input.digest, canvas);
  const rows = size.rows - chrome.header - bottom.length - chrome.keyBar - banners.length;
  const panels = placePanels(panelsOf(state, report, canvas), Math.max(1, rows));
  const shapes = shapesOf(panels);
  const cursor = settle(place.cursor, shapes);
  const object =
    place.screen === "detail" ? place.object : cursor.key === null ? null : objectOfKey(cursor.key);
  return { ...input, banners, bottom, panels, shapes, cursor, object };
}

/** Banners leave at least this much of the screen to the rest. */
const fewestBodyRows = 8;
