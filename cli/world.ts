/** The process as a command sees it. Tests hand in one of their own, so that whole commands run inside a test. */
import type { Readable, Writable } from "node:stream";
import type { Clock } from "../reconciler/model/clock.ts";
import type { PartMessage } from "./processes/messages.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A stream that may be a terminal; `columns` and `rows` are there only where it is one. */
export type Output = Writable & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
};
export type Input = Readable & { readonly isTTY?: boolean | undefined };

export interface World {
  readonly env: Environment;
  /** What relative paths are relative to. */
  readonly cwd: string;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  /** Who is behind this command, for the records that name an author. */
  readonly user: string;
  /** Aborted when the command is asked to end: Ctrl-C, SIGTERM, a closed terminal. The reason's `by` says which. */
  readonly ended: AbortSignal;
  /** Aborted when nobody reads standard output any more (`keel get vm | head`). A daemon goes on without a reader. */
  readonly unread: AbortSignal;
  /** Tells the `keel up` that this process is a part of, if it is one, how far it is. */
  readonly tellParent: (message: PartMessage) => void;
}
