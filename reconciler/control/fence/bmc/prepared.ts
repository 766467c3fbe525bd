import type { Clock } from "../../../model/clock.ts";
import type { Words } from "./describe-end.ts";

/** What is needed to ask a power device, with the secret in it: made anew for each use, and kept nowhere. */
export interface Prepared {
  /** The fence agent's path. */
  readonly program: string;
  /** For its standard input, besides the action. */
  readonly lines: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly password: string | null;
  readonly words: Words;
}

export interface AskOptions {
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}
