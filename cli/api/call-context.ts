/** The context of a command that a request stands for: the daemon's own, but for who asks, and what is said. */
import type { Call } from "../../reconciler/api/ports.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { Cluster, Context } from "../context.ts";

export class CallContext implements Context {
  readonly world: Context["world"];
  readonly clock: Context["clock"];
  readonly log: Context["log"];
  readonly colour = false;
  readonly terminal: Context["terminal"];
  readonly signal: AbortSignal;
  readonly directory: string;
  readonly directoryName: string;
  readonly resolveOptions: Context["resolveOptions"];
  readonly user: string;
  readonly random: Context["random"];
  readonly runCommand: Context["runCommand"];
  /** What a command says beside its answer: each thing that is wrong with the files, line by line. */
  readonly remarks: string[] = [];
  readonly #daemon: Context;

  constructor(daemon: Context, { caller, signal }: Pick<Call, "caller" | "signal">) {
    this.world = daemon.world;
    this.clock = daemon.clock;
    this.log = daemon.log;
    this.terminal = daemon.terminal;
    this.signal = AbortSignal.any([daemon.signal, signal]);
    this.directory = daemon.directory;
    this.directoryName = daemon.directoryName;
    this.resolveOptions = daemon.resolveOptions;
    this.user = caller.name;
    this.random = daemon.random;
    this.runCommand = daemon.runCommand;
    this.#daemon = daemon;
  }

  /** The answer is made of what a command does, not of what it says. */
  readonly out = (): void => undefined;

  readonly err = (line: string): void => {
    this.remarks.push(line);
  };

  format<Format extends string>([first]: readonly [Format, ...Format[]]): Format {
    return first;
  }

  endpoints(): Promise<readonly string[]> {
    return this.#daemon.endpoints();
  }

  cluster(): Promise<Cluster> {
    return this.#daemon.cluster();
  }

  store(): ReturnType<Context["store"]> {
    return this.#daemon.store();
  }

  maintenance(): ReturnType<Context["maintenance"]> {
    return this.#daemon.maintenance();
  }

  feed(): ReturnType<Context["feed"]> {
    return this.#daemon.feed();
  }

  async ask(): Promise<null> {
    return null;
  }

  confirm(): Promise<void> {
    return Promise.reject(new KeelError("not-confirmed", { why: "nobody is there to answer" }));
  }

  readonly exitWith = (): void => undefined;

  /** All that it uses is the daemon's. */
  async [Symbol.asyncDispose](): Promise<void> {
    return;
  }
}
