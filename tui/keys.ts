/** Keys by name, whatever the terminal sent for them. */
import { graphemesOf } from "./view/text.ts";

/** What Ink tells beside the text; a subset of its `Key`. */
export interface KeyFlags {
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly pageUp: boolean;
  readonly pageDown: boolean;
  readonly home: boolean;
  readonly end: boolean;
  readonly return: boolean;
  readonly escape: boolean;
  readonly tab: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
  readonly ctrl: boolean;
  readonly meta: boolean;
}

/** A printable character is its own name. */
export type KeyName = string;

/**
 * The keys in one chunk of input. A fast typist, a slow line or a terminal without bracketed paste delivers several
 * characters at once.
 */
export function keyNames(input: string, flags: KeyFlags): readonly KeyName[] {
  const named = namedKeys.find(([flag]) => flags[flag]);
  if (named !== undefined) return [named[1]];
  if (flags.ctrl) return [`ctrl-${input}`];
  if (flags.meta) return [`meta-${input}`];
  return graphemesOf(input.replaceAll("\r\n", "\r")).map((character) => controlNames[character] ?? character);
}

/** Whether the key stands for text. */
export function isText(key: KeyName): boolean {
  return graphemesOf(key).length === 1 && !/\p{Control}/v.test(key);
}

const namedKeys: readonly (readonly [keyof KeyFlags, KeyName])[] = [
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["leftArrow", "left"],
  ["rightArrow", "right"],
  ["pageUp", "pageup"],
  ["pageDown", "pagedown"],
  ["home", "home"],
  ["end", "end"],
  ["return", "enter"],
  ["escape", "esc"],
  ["tab", "tab"],
  ["backspace", "backspace"],
  ["delete", "backspace"],
];

const controlNames: Readonly<Record<string, KeyName>> = {
  "\r": "enter",
  "\n": "enter",
  "\t": "tab",
  "\u001B": "esc",
};
