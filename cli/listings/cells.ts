/** Cells that several tables have. */
import type { SourcePosition } from "../../reconciler/model/desired.ts";
import { formatBytes } from "../../tui/view/amounts.ts";
import { type Line, span } from "../../tui/view/line.ts";

export function text(value: string | number | null): Line {
  return value === null ? [] : [span(String(value))];
}

export function titled(name: string): Line {
  return [span(name, "title")];
}

/** `2GiB`, without the blank that would make two columns of it. */
export function bytes(value: number | null): Line {
  if (value === null) return [];
  return [span(value === 0 ? "0" : formatBytes(value).replace(" ", ""))];
}

export function list(values: readonly string[]): Line {
  return text(values.length === 0 ? null : values.join(","));
}

export function yesOrNo(value: boolean): Line {
  return text(value ? "yes" : "no");
}

/** `web.yaml:12`, relative to the folder. */
export function source(position: SourcePosition | null): Line {
  return position === null ? [] : [span(`${position.file}:${position.line}`, "muted")];
}
