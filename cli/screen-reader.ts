import { Option } from "commander";

/** Of the commands that show the terminal UI. */
export interface ScreenReaderChoice {
  readonly screenReader?: true;
}

export function screenReaderOption(): Option {
  return new Option("--screen-reader", "say in plain lines what changes, instead of drawing a screen");
}
