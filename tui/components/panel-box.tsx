import { Box } from "ink";
import type { ReactNode } from "react";
import type { PlacedPanel } from "../layout.ts";
import type { Palette } from "../palette.ts";
import { fitLine, span, type Line } from "../view/line.ts";
import { type Canvas, objectOfKey, type Panel } from "../view/panel.ts";
import { titleLine } from "../view/title.ts";
import { Row } from "./row.tsx";

interface PanelBoxProps {
  readonly placed: PlacedPanel;
  /** The first line in sight. */
  readonly top: number;
  /** The line under the cursor, or null where the cursor is in another panel. */
  readonly cursorIndex: number | null;
  /** Objects that are marked. */
  readonly marks: ReadonlySet<string>;
  readonly canvas: Canvas;
  readonly palette: Palette;
  readonly now: number;
}

/** A panel: its title, its headings, and the lines that are in sight; nothing is made of the others. */
export function PanelBox({
  placed,
  top,
  cursorIndex,
  marks,
  canvas,
  palette,
  now,
}: PanelBoxProps): ReactNode {
  const { panel, rows } = placed;
  const end = Math.min(panel.keys.length, top + rows);
  const indexes = Array.from({ length: Math.max(0, end - top) }, (_, offset) => top + offset);
  const isList = panel.scrolls === "list";
  return (
    <Box
      flexDirection="column"
      flexShrink={0}
      height={rows + (placed.hasTitle ? 1 : 0) + (placed.hasHeadings ? 1 : 0)}
    >
      {placed.hasTitle && (
        <Row line={titleLine(panel, top, rows, canvas)} palette={palette} selected={false} />
      )}
      {placed.hasHeadings && (
        <Row line={marked(panel.headings ?? [], "  ", canvas)} palette={palette} selected={false} />
      )}
      {indexes.map((index) => {
        const selected = isList && index === cursorIndex && panel.keys[index] !== null;
        const key = panel.keys[index] ?? null;
        const chosen = isList && key !== null && marks.has(objectOfKey(key)) ? canvas.glyphs.chosen : " ";
        const mark = `${selected ? canvas.glyphs.marker : " "}${chosen}`;
        return (
          <Row
            key={index - top}
            line={marked(panel.lineAt(index, now), mark, canvas)}
            palette={palette}
            selected={selected}
          />
        );
      })}
      {panel.keys.length === 0 &&
        emptyLines(panel, rows, canvas).map((line, index) => (
          <Row key={index} line={line} palette={palette} selected={false} />
        ))}
    </Box>
  );
}

function marked(line: Line, mark: string, canvas: Canvas): Line {
  return fitLine([span(mark), ...line], canvas.cells, canvas.glyphs.ellipsis);
}

function emptyLines(panel: Panel, rows: number, canvas: Canvas): readonly Line[] {
  return panel.empty.slice(0, rows).map((text) => marked([span(text, "muted")], "  ", canvas));
}
