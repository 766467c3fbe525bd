/** What the terminal UI is given: a view of the cluster, and the few things it may ask for. The command line provides both. */
import type { ReadStream, WriteStream } from "node:tty";
import type { Clock } from "../reconciler/model/clock.ts";
import type { ClusterReport } from "../reconciler/model/report.ts";

/** The cluster as last read. Only "look again" is told; what changed is read from `current()`. */
export interface ClusterFeed {
  /** The same object as long as nothing changed; null before the first read. */
  current(): ClusterReport | null;
  /** Why `current()` may be old ("the store does not answer since 12:30:52"), or null. */
  problem(): string | null;
  /** Calls back after each change of either; the returned function ends it. */
  subscribe(callback: () => void): () => void;
}

/** How something that was asked for ended. */
export type ActionOutcome =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly text: string; readonly advice: string | null };

/** A rejection, or an iterable that throws, is shown like an outcome that is not ok. */
export interface Actions {
  /**
   * Applies the edits of the watched folder, without asking. Yields lines as things happen, or resolves once.
   * `digest` is the source digest that the user looked at; a folder that says something else by now is refused.
   */
  apply(digest: string | null): AsyncIterable<string> | Promise<ActionOutcome>;
  /** What `keel WORDS…` answers, a line each: a question that changes nothing. */
  ask(words: readonly string[]): Promise<readonly string[]>;
  /** Does what `keel WORDS…` does, without asking; yields lines as things happen. */
  run(words: readonly string[]): AsyncIterable<string>;
  /** `keel edit OBJECT --no-apply`, in the terminal, which is its own until it is done. What it says, a line each. */
  edit(object: string): Promise<readonly string[]>;
  /** `keel approve vm/VM --destroy [--disks …]`. No disks: all of them stay. */
  approve(vm: string, disks: readonly string[]): Promise<ActionOutcome>;
}

/** What `runTui` takes. */
export interface TuiOptions {
  readonly cluster: ClusterFeed;
  readonly actions: Actions;
  readonly clock: Clock;
  /** How it starts; `:rw` and `:ro` change it. */
  readonly readOnly: boolean;
  /** Left out: as the environment says. */
  readonly screenReader?: boolean;
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
}
