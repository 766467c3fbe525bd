/** How tones look: the 16 colours that every terminal has, and attributes alone where colour is not wanted. */
import type { TextProps } from "ink";
import type { Tone } from "./view/line.ts";

export type Look = Pick<TextProps, "color" | "bold" | "dimColor" | "inverse">;
export type Palette = Readonly<Record<Tone, Look>>;

export function paletteOf(colour: boolean): Palette {
  return colour ? colours : attributes;
}

const attributes: Palette = {
  "plain": {},
  "title": { bold: true },
  "ok": {},
  "busy": {},
  "warn": { bold: true },
  "bad": { bold: true },
  "muted": { dimColor: true },
  "key": { bold: true },
  "banner-warn": { inverse: true },
  "banner-bad": { inverse: true, bold: true },
  "cursor": { inverse: true },
};

const colours: Palette = {
  ...attributes,
  "ok": { color: "green" },
  "busy": { color: "cyan" },
  "warn": { color: "yellow" },
  "bad": { color: "red", bold: true },
  "key": { color: "cyan" },
  "banner-warn": { color: "yellow", inverse: true },
  "banner-bad": { color: "red", inverse: true, bold: true },
};
