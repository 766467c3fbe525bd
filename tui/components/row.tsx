import { Text } from "ink";
import { memo, type ReactNode } from "react";
import type { Palette } from "../palette.ts";
import { sameLine, textOf, type Line } from "../view/line.ts";

interface RowProps {
  readonly line: Line;
  readonly palette: Palette;
  /** The line under the cursor: one look from end to end, so that it reads on every theme. */
  readonly selected: boolean;
}

/** One line of the screen; drawn again only when its text or tones changed. */
export const Row = memo(DrawnRow, (before, after) => {
  return (
    before.selected === after.selected &&
    before.palette === after.palette &&
    sameLine(before.line, after.line)
  );
});

function DrawnRow({ line, palette, selected }: RowProps): ReactNode {
  if (line.length === 0) return <Text> </Text>;
  if (selected) {
    return (
      <Text inverse wrap="truncate-end">
        {textOf(line)}
      </Text>
    );
  }
  return (
    <Text wrap="truncate-end">
      {line.map((part, index) => (
        <Text key={index} {...palette[part.tone]}>
          {part.text}
        </Text>
      ))}
    </Text>
  );
}
