import type { Glyphs } from "./glyphs.ts";
import { span, type Line, type Tone } from "./line.ts";

/** A bar of `cells`, filled to `ratio`. Anything above zero shows at least half a cell; only all of it looks full. */
export function bar(ratio: number, cells: number, tone: Tone, glyphs: Glyphs): Line {
  const halves = cells * 2;
  const wanted = Math.round(Math.min(1, Math.max(0, ratio)) * halves);
  const filled = ratio > 0 && wanted === 0 ? 1 : ratio < 1 && wanted === halves ? halves - 1 : wanted;
  const full = glyphs.bar.full.repeat(Math.floor(filled / 2)) + (filled % 2 === 1 ? glyphs.bar.half : "");
  const rest = glyphs.bar.rest.repeat(cells - Math.ceil(filled / 2));
  return [span(full, tone), span(rest, "muted")].filter((part) => part.text !== "");
}

/** How full something is that must not become full. The figures stand beside it, so no colour is needed to read it. */
export function fillTone(ratio: number): Tone {
  if (ratio >= 0.95) return "bad";
  return ratio >= 0.8 ? "warn" : "ok";
}
