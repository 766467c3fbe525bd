import { hostname } from "node:os";
import { resolve } from "node:path";
import type { Command } from "commander";
import type { ClusterFeed } from "../reconciler/control/cluster-feed.ts";
import { legalName } from "../reconciler/desired/legal-name.ts";
import type { ResolveOptions } from "../reconciler/desired/resolve/resolve-options.ts";
import { type ExitCode, KeelError } from "../reconciler/model/errors.ts";
import { type Log, silentLog } from "../reconciler/runtime/log.ts";
import { clusterKeys } from "../reconciler/store/keys.ts";
import type { EtcdStore } from "../reconciler/store/etcd/etcd-store.ts";
import type { StoreMaintenance } from "../reconciler/store/maintenance.ts";
import { type Store, StoreError } from "../reconciler/store/store.ts";
import { askOn } from "./ask.ts";
import type { Cluster, Context, Lent, RunCommand } from "./context.ts";
import { findClusterName, findEndpoints, readCredentials, type Where } from "./discovery.ts";
import { logLevelOf, plainLog } from "./plain-log.ts";
import { secretsFolder } from "./secrets-folder.ts";
import { coloursOf, terminalOf, type ColourChoice, type Terminal } from "./terminal.ts";
import type { World } from "./world.ts";

/** Options that every command takes. */
export interface GlobalOptions {
  readonly store?: string;
  readonly cluster?: string;
  readonly dir: string;
  readonly output?: string;
  /** false: `--no-color`. */
  readonly color: ColourChoice | false;
}

export interface OpenOptions {
  readonly world: World;
  readonly onExitCode: (code: ExitCode) => void;
  /** Null: the context connects itself. */
  readonly lent: Lent | null;
  readonly runCommand: RunCommand;
}

/** The context of one run of a command. `exitWith` is told to `onExitCode`. */
export function openContext(command: Command, options: OpenOptions): Context {
  return new RunContext(command.optsWithGlobals<GlobalOptions>(), options);
}

class RunContext implements Context {
  readonly world: World;
  readonly clock: World["clock"];
  readonly random: World["random"];
  readonly user: string;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly colour: boolean;
  readonly terminal: Terminal;
  readonly directory: string;
  readonly directoryName: string;
  readonly exitWith: (code: ExitCode) => void;
  readonly runCommand: RunCommand;
  readonly #options: GlobalOptions;
  readonly #where: Where;
  readonly #lent: Lent | null;
  readonly #disposed = new AbortController();
  #endpoints: Promise<readonly string[]> | null = null;
  #cluster: Promise<Cluster> | null = null;
  #store: Promise<Store> | null = null;
  #connection: Promise<EtcdStore> | null = null;
  #feed: Promise<ClusterFeed> | null = null;
  #feedEnd: Promise<void> | null = null;

  constructor(options: GlobalOptions, { world, onExitCode, lent, runCommand }: OpenOptions) {
    const { env, cwd, stdout, stderr } = world;
    this.#options = options;
    this.world = world;
    this.clock = world.clock;
    this.random = world.random;
    this.user = world.user;
    this.signal = AbortSignal.any([world.ended, world.unread]);
    this.out = (line) => void stdout.write(`${line}\n`);
    this.err = (line) => void stderr.write(`${line}\n`);
    this.log = plainLog(this.err, logLevelOf(env["KEEL_LOG"], "warn"));
    this.colour = coloursOf(stdout, env, options.color === false ? "never" : options.color);
    this.terminal = terminalOf(stdout, env);
    this.directory = resolve(cwd, options.dir);
    this.directoryName = options.dir;
    this.exitWith = onExitCode;
    this.runCommand = runCommand;
    this.#where = { env, cwd, directory: this.directory };
    this.#lent = lent;
  }

  get resolveOptions(): ResolveOptions {
    const { env, cwd } = this.world;
    const simulated = this.#options.store === undefined && (env["KEEL_STORE"] ?? "") === "";
    return {
      host: legalName(hostname()) ?? "host",
      simulated,
      folder: this.directory,
      secretsFolder: secretsFolder({ env, cwd, directory: this.directory }),
    };
  }

  format<Format extends string>(formats: readonly [Format, ...Format[]]): Format {
    const { output } = this.#options;
    if (output === undefined) return formats[0];
    const format = formats.find((known) => known === output);
    if (format !== undefined) return format;
    throw new KeelError("usage", {
      problem: `There is no output format "${output}" here; use ${formats.join(", ")}.`,
    });
  }

  endpoints(): Promise<readonly string[]> {
    return (this.#endpoints ??= this.#lent?.endpoints() ?? findEndpoints(this.#options.store, this.#where));
  }

  cluster(): Promise<Cluster> {
    return (this.#cluster ??= this.#lent?.cluster() ?? this.#findCluster());
  }

  store(): Promise<Store> {
    return (this.#store ??= this.#lent?.store() ?? this.#connected());
  }

  maintenance(): Promise<StoreMaintenance> {
    return this.#lent?.maintenance?.() ?? this.#connected();
  }

  feed(): Promise<ClusterFeed> {
    return (this.#feed ??= this.#lent?.feed() ?? this.#follow());
  }

  ask(question: string): Promise<string | null> {
    return askOn(this.world, question);
  }

  async confirm(question: string): Promise<void> {
    const answer = await this.ask(question);
    if (answer === null) throw new KeelError("not-confirmed", { why: "nobody is there to answer" });
    if (answer !== "yes") throw new KeelError("not-confirmed", { why: "the answer was not `yes`" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed.abort();
    await this.#feedEnd;
    // A connection that never came about needs no closing; one that is lent is the lender's.
    const connection = await this.#connection?.catch(() => null);
    await connection?.close();
  }

  async #findCluster(): Promise<Cluster> {
    const name =
      (await findClusterName(this.#options.cluster, this.#where)) ??
      (await this.#nameInFolder()) ??
      "default";
    return { name, keys: clusterKeys(name) };
  }

  /** What the folder calls its cluster; null where it says nothing, or cannot be read. */
  async #nameInFolder(): Promise<string | null> {
    const { loadFolder } = await import("../reconciler/desired/load-folder.ts");
    const loaded = await loadFolder(this.directory, this.resolveOptions, this.signal);
    return loaded.ok ? loaded.desired.cluster.name : null;
  }

  #connected(): Promise<EtcdStore> {
    return (this.#connection ??= this.#connect());
  }

  async #connect(): Promise<EtcdStore> {
    const [endpoints, credentials] = await Promise.all([this.endpoints(), readCredentials(this.world.env)]);
    const { connectStore } = await import("../reconciler/store/etcd/etcd-store.ts");
    return connectStore({ endpoints, clock: this.clock, ...(credentials === null ? {} : { credentials }) });
  }

  async #follow(): Promise<ClusterFeed> {
    const [store, { keys }] = await Promise.all([this.store(), this.cluster()]);
    const { ClusterFeed } = await import("../reconciler/control/cluster-feed.ts");
    // What it would log is in its `problem`, for the command to tell.
    const feed = new ClusterFeed({ store, root: keys.root, clock: this.clock, log: silentLog });
    const ends = AbortSignal.any([this.signal, this.#disposed.signal]);
    this.#feedEnd = feed.run(ends);
    await firstListing(feed, ends);
    return feed;
  }
}

/** @throws StoreError where the store does not answer */
async function firstListing(feed: ClusterFeed, signal: AbortSignal): Promise<void> {
  while (!feed.listed) {
    if (feed.problem !== null) throw new StoreError("unreachable", feed.problem.why);
    await feed.changed(signal);
  }
}
