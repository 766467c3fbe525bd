import { Box } from "ink";
import type { ReactNode } from "react";
import { chromeRows } from "../layout.ts";
import type { Palette } from "../palette.ts";
import type { Snapshot } from "../snapshot.ts";
import { headerLine } from "../view/header.ts";
import { keyBarLine } from "../view/key-bar.ts";
import { PanelBox } from "./panel-box.tsx";
import { Row } from "./row.tsx";

interface FrameProps {
  readonly snapshot: Snapshot;
  readonly palette: Palette;
}

/** The whole screen: header, banners, panels, status or prompt, key bar. As many lines as the terminal has. */
export function Frame({ snapshot, palette }: FrameProps): ReactNode {
  const { report, freshness, state, size, canvas, now, panels, cursor } = snapshot;
  const chrome = chromeRows(size.rows);
  const header = headerLine(report, { freshness, writable: state.writable, now }, canvas);
  return (
    <Box flexDirection="column" width={size.columns} height={size.rows} overflow="hidden">
      {chrome.header > 0 && <Row line={header} palette={palette} selected={false} />}
      {snapshot.banners.map((line, index) => (
        <Row key={index} line={line} palette={palette} selected={false} />
      ))}
      {panels.map((placed, index) => (
        <PanelBox
          key={index}
          placed={placed}
          top={index === cursor.panel ? cursor.top : 0}
          cursorIndex={index === cursor.panel ? cursor.index : null}
          marks={state.marks}
          canvas={canvas}
          palette={palette}
          now={now}
        />
      ))}
      {snapshot.bottom.map((line, index) => (
        <Row key={index} line={line} palette={palette} selected={false} />
      ))}
      {chrome.keyBar > 0 && <Row line={keyBarLine(snapshot, canvas)} palette={palette} selected={false} />}
    </Box>
  );
}
