import { asciiGlyphs, unicodeGlyphs, type Glyphs } from "../../tui/view/glyphs.ts";
import type { Terminal } from "../terminal.ts";

/** The same signs as on the screens of the terminal UI. */
export function glyphsOf(terminal: Pick<Terminal, "utf8">): Glyphs {
  return terminal.utf8 ? unicodeGlyphs : asciiGlyphs;
}
