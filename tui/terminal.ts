/** What the terminal at hand can show. */
export interface TerminalTraits {
  readonly colour: boolean;
  /** Signs, bars and rules beyond ASCII. */
  readonly unicode: boolean;
  /** A screen reader reads: lines in words, one after the other, instead of a screen. */
  readonly spoken: boolean;
}

/**
 * Reads the traits from the environment: NO_COLOR (non-empty) and TERM=dumb switch colour off. Only a UTF-8 locale
 * gets more than ASCII; the Linux console has a UTF-8 locale but a font of 256 or 512 glyphs, so it gets ASCII too. INK_SCREEN_READER is what other programs of this
 * kind go by as well.
 */
export function terminalTraits(environment: Readonly<Record<string, string | undefined>>): TerminalTraits {
  const term = environment["TERM"] ?? "";
  const locale = [environment["LC_ALL"], environment["LC_CTYPE"], environment["LANG"]].find(isSet) ?? "";
  return {
    colour: !isSet(environment["NO_COLOR"]) && term !== "dumb",
    spoken: environment["INK_SCREEN_READER"] === "true",
    unicode: /utf-?8/i.test(locale) && term !== "linux" && term !== "dumb",
  };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
