/** What can be shown where a stream leads to. */
import type { Environment, Output } from "./world.ts";

export interface Terminal {
  /** Standard output is a terminal. */
  readonly isTty: boolean;
  /** 80 × 24 where nothing tells. */
  readonly columns: number;
  readonly rows: number;
  /** More than ASCII can be shown. */
  readonly utf8: boolean;
}

export type ColourChoice = "always" | "never" | "auto";

export function terminalOf(stream: Output, env: Environment): Terminal {
  return {
    isTty: stream.isTTY === true,
    columns: positive(env["COLUMNS"]) ?? stream.columns ?? 80,
    rows: positive(env["LINES"]) ?? stream.rows ?? 24,
    utf8: showsUtf8(env),
  };
}

/**
 * Whether to colour a stream. What was asked for on the command line beats NO_COLOR, NO_COLOR beats the variables that
 * force colour, and without any of them a terminal gets colour unless it is a dumb one.
 */
export function coloursOf(stream: Output, env: Environment, choice: ColourChoice): boolean {
  if (choice !== "auto") return choice === "always";
  if (isSet(env["NO_COLOR"])) return false;
  if (isForced(env["FORCE_COLOR"]) || isForced(env["CLICOLOR_FORCE"])) return true;
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

/** The Linux console has a UTF-8 locale but a font of a few hundred signs, so it counts as ASCII. */
function showsUtf8(env: Environment): boolean {
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find(isSet) ?? "";
  return /utf-?8/i.test(locale) && env["TERM"] !== "linux" && env["TERM"] !== "dumb";
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}

function isForced(value: string | undefined): boolean {
  return isSet(value) && value !== "0" && value !== "false";
}

function positive(text: string | undefined): number | null {
  const number = Number(text ?? "");
  return Number.isInteger(number) && number > 0 ? number : null;
}
