/**
 * What a command works with: the composition of one run of `keel`. Everything in it is made when first asked for, so
 * that a command pays for what it uses, and is put away by disposal.
 */
import type { Command } from "commander";
import type { ClusterFeed } from "../reconciler/control/cluster-feed.ts";
import type { ResolveOptions } from "../reconciler/desired/resolve/resolve-options.ts";
import type { Clock } from "../reconciler/model/clock.ts";
import type { ExitCode } from "../reconciler/model/errors.ts";
import type { Log } from "../reconciler/runtime/log.ts";
import type { ClusterKeys } from "../reconciler/store/keys.ts";
import type { StoreMaintenance } from "../reconciler/store/maintenance.ts";
import type { Store } from "../reconciler/store/store.ts";
import type { Terminal } from "./terminal.ts";
import type { World } from "./world.ts";

export interface Cluster {
  readonly name: string;
  readonly keys: ClusterKeys;
}

export interface Context extends AsyncDisposable {
  readonly world: World;
  readonly clock: Clock;
  /** Warnings and errors of a command go to standard error, a line each; `KEEL_LOG=debug` shows all. */
  readonly log: Log;
  /** A line of the answer, to standard output. */
  readonly out: (line: string) => void;
  /** A line beside the answer, to standard error. */
  readonly err: (line: string) => void;
  /** Whether standard output gets colours. */
  readonly colour: boolean;
  readonly terminal: Terminal;
  /** Aborted when the command is asked to end; its reason is the `KeelError` to end with. */
  readonly signal: AbortSignal;
  /** The folder of the desired state, absolute. Nothing says that it exists. */
  readonly directory: string;
  /** The same as the user wrote it: for messages. */
  readonly directoryName: string;
  /** What documents mean besides what they say: for reading the folder. */
  readonly resolveOptions: ResolveOptions;
  readonly user: string;
  readonly random: (bytes: number) => Uint8Array;
  /**
   * What `-o` asks for; the first of `formats` where it was left out.
   * @throws KeelError `usage` where this command does not know it
   */
  format<Format extends string>(formats: readonly [Format, ...Format[]]): Format;
  /** Of the store, as they were named or found. @throws KeelError `store-not-found` */
  endpoints(): Promise<readonly string[]>;
  /** By `--cluster`, KEEL_CLUSTER, `.keel/cluster` or the folder's Cluster document, in this order; else "default". */
  cluster(): Promise<Cluster>;
  /** Connected when first used. @throws KeelError `store-not-found` */
  store(): Promise<Store>;
  /** Of the same store as a whole. @throws KeelError `store-not-found` */
  maintenance(): Promise<StoreMaintenance>;
  /**
   * The cluster's records, listed, and kept up to date until disposal.
   * @throws StoreError where the store does not answer
   */
  feed(): Promise<ClusterFeed>;
  /** What the user types; null where nobody can answer. The question goes to standard error. */
  ask(question: string): Promise<string | null>;
  /** Returns where the answer is `yes`. @throws KeelError `not-confirmed` */
  confirm(question: string): Promise<void>;
  /** For what carries out other commands of `keel`, as the terminal UI does. */
  readonly runCommand: RunCommand;
  /** The exit status of a command that ends without an error. */
  exitWith(code: ExitCode): void;
}

/** What a process that is connected already lends to the commands that it runs inside itself. It stays the lender's. */
export type Lent = Pick<Context, "endpoints" | "cluster" | "store" | "feed"> &
  Partial<Pick<Context, "maintenance">>;

/**
 * Runs a command inside this process and yields what it says, line by line. Throws what it complains of. It is asked to
 * end when `ended` is aborted, as by Ctrl-C.
 */
export type RunCommand = (args: readonly string[], lent: Lent, ended: AbortSignal) => AsyncIterable<string>;

/** Makes the context of the command that is being carried out; the command disposes of it: `await using`. */
export type ContextFactory = (command: Command) => Context;
