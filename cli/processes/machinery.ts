/** All the processes of one `keel up`. */
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../reconciler/model/clock.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { NodeName } from "../../reconciler/model/names.ts";
import { keepRunning, type PartFailure } from "./keep-running.ts";
import type { Launch } from "./launch.ts";
import { describeEnd, type PartEnd, type PartOptions } from "./run-once.ts";
import { SimulatedNode } from "./simulated-node.ts";
import { Stage } from "./stage.ts";
import type { StateFolder } from "./state-folder.ts";

export interface MachineryOptions {
  readonly folder: StateFolder;
  /** Of the desired state. */
  readonly directory: string;
  readonly launch: Launch;
  readonly clock: Clock;
  /** Tells people what became of a part. */
  readonly tell: (what: string, text: string) => void;
}

/** What the parts have to know of the cluster. */
export interface ClusterFacts {
  readonly name: string;
  /** How long a heartbeat's silence lasts before its node is suspect. */
  readonly leaseMs: number;
}

export class Machinery {
  readonly #options: MachineryOptions;
  readonly #store = new Stage();
  readonly #reconciler = new Stage();
  readonly #api = new Stage();
  readonly #nodes = new Map<NodeName, SimulatedNode>();
  /** Nodes on their way out, until their processes are gone. */
  readonly #leaving = new Map<NodeName, Promise<void>>();

  constructor(options: MachineryOptions) {
    this.#options = options;
  }

  get endpoint(): string {
    return `unix:${this.#options.folder.storeSocket}`;
  }

  /** Resolves once the store serves. @throws KeelError `failed` where its first start fails */
  startStore(): Promise<void> {
    const { folder } = this.#options;
    const before = sizeOf(this.#logOf("store"));
    const args = ["store", "serve", "--directory", folder.store, "--socket", folder.storeSocket];
    return new Promise((resolve, reject) => {
      const onMessage = () => resolve();
      const onEnd = (failure: PartFailure) => {
        this.#tellFailure(failure);
        reject(this.#startFailed(failure, before));
      };
      void this.#store.run((signal) =>
        keepRunning({ ...this.#part("store", args), onMessage, onEnd }, signal),
      );
    });
  }

  /** Nodes that are, or once were, simulated here. */
  knownNodes(): ReadonlySet<NodeName> {
    return new Set(readdirSync(this.#options.folder.nodes));
  }

  startReconciler(cluster: ClusterFacts): void {
    const { directory, folder } = this.#options;
    const args = [
      ...this.#toCluster(cluster),
      "reconciler",
      "--source",
      directory,
      "--id",
      "up",
      "--state",
      folder.known,
      "--simulated",
    ];
    const part = {
      ...this.#part("reconciler", args),
      onEnd: (failure: PartFailure) => this.#tellFailure(failure),
    };
    void this.#reconciler.run((signal) => keepRunning(part, signal));
  }

  /** It finds the store in the folder, as everybody does who works there; so it may edit a folder of simulated nodes. */
  startApi(): void {
    const { directory, folder } = this.#options;
    const args = ["--dir", directory, "api", "--socket", folder.apiSocket];
    const part = {
      ...this.#part("api", args),
      onMessage: () => this.#options.tell("api", `answers on ${folder.apiSocket}`),
      onEnd: (failure: PartFailure) => this.#tellFailure(failure),
    };
    void this.#api.run((signal) => keepRunning(part, signal));
  }

  /** Starts the processes of nodes that are new here, and ends those of nodes that are not wanted any more. */
  setNodes(cluster: ClusterFacts, wanted: ReadonlySet<NodeName>): void {
    for (const node of wanted) {
      if (!this.#nodes.has(node) && !this.#leaving.has(node)) this.#startNode(cluster, node);
    }
    for (const [name, node] of this.#nodes) {
      if (!wanted.has(name)) this.#dismiss(name, node);
    }
  }

  /** Ends all that was started; each stage when the one before is gone. */
  async end(): Promise<void> {
    const nodes = [...this.#nodes.values()];
    await this.#api.end();
    await Promise.all(nodes.map((node) => node.endAgent()));
    await this.#reconciler.end();
    await Promise.all(nodes.map((node) => node.endHeartbeat()));
    await Promise.all([...nodes.map((node) => node.endHost()), ...this.#leaving.values()]);
    await this.#store.end();
  }

  #startNode(cluster: ClusterFacts, node: NodeName): void {
    const { clock, tell, folder } = this.#options;
    const own = join(folder.nodes, node);
    const files = identityFiles(own);
    const store = this.#toCluster(cluster);
    const ids = ["--machine-id-file", files.machineId, "--boot-id-file", files.bootId];
    const socket = join(folder.sockets, `${node}.sock`);
    const host = ["--directory", folder.sockets, "--boot-id-file", files.bootId];
    const lease = ["--lease", `${cluster.leaseMs}ms`, "--revoke-on-stop"];
    const answers = ["--answer-at", "127.0.0.1:0", "--run-dir", own];
    const simulated = new SimulatedNode({
      node,
      clock,
      host: this.#part(`host-${node}`, ["simulated-host", "--node", node, ...host]),
      heartbeat: this.#part(`heartbeat-${node}`, [
        ...store,
        "heartbeat",
        "--node",
        node,
        ...ids,
        ...lease,
        ...answers,
      ]),
      agent: this.#part(`agent-${node}`, [
        ...store,
        "agent",
        "--node",
        node,
        "--host-socket",
        socket,
        "--state",
        folder.known,
        ...ids,
      ]),
      onEnd: (failure) => this.#tellFailure(failure),
      onPowerLost: (end, bootsInMs) => tell(`node/${node}`, powerLost(end, bootsInMs)),
    });
    this.#nodes.set(node, simulated);
    simulated.start();
  }

  #dismiss(name: NodeName, node: SimulatedNode): void {
    this.#nodes.delete(name);
    const gone = async (): Promise<void> => {
      await node.endAgent();
      await node.endHeartbeat();
      await node.endHost();
      this.#leaving.delete(name);
      this.#options.tell(`node/${name}`, "is switched off: it is no longer part of the cluster");
    };
    this.#leaving.set(name, gone());
  }

  #part(name: string, args: readonly string[]): PartOptions {
    const { launch, clock, folder } = this.#options;
    return { name, args, launch, clock, run: folder.run, logs: folder.logs };
  }

  #toCluster({ name }: ClusterFacts): readonly string[] {
    return ["--store", this.endpoint, "--cluster", name];
  }

  #logOf(name: string): string {
    return join(this.#options.folder.logs, `${name}.log`);
  }

  #tellFailure({ name, end, failures, restartInMs }: PartFailure): void {
    const again = failures === 1 ? "" : `, ${failures} times in a row`;
    const where = end.kind === "exit" ? `; its log is ${this.#logOf(name)}` : "";
    this.#options.tell(name, `${describeEnd(end)}${again}; starts again in ${restartInMs / 1000} s${where}`);
  }

  #startFailed({ name, end }: PartFailure, logBytesBefore: number): KeelError {
    const log = this.#logOf(name);
    const why = lastError(log, logBytesBefore) ?? describeEnd(end);
    return new KeelError("failed", { what: "starting the store", why, advice: `Its log is ${log}.` });
  }
}

function powerLost(end: PartEnd, bootsInMs: number): string {
  return `lost its power: its host ${describeEnd(end)}; it boots in ${bootsInMs / 1000} s`;
}

/** A simulated machine keeps its id; its boot id is written by its host at each boot. */
function identityFiles(folder: string): { readonly machineId: string; readonly bootId: string } {
  const machineId = join(folder, "machine-id");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(machineId)) writeFileSync(machineId, `${randomUUID().replaceAll("-", "")}\n`);
  return { machineId, bootId: join(folder, "boot-id") };
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

/** What a command said last, after so many bytes of its log: `error: …`. */
function lastError(log: string, after: number): string | null {
  if (!existsSync(log)) return null;
  const lines = readFileSync(log).subarray(after).toString("utf8").split("\n");
  return lines.findLast((line) => line.startsWith("error: "))?.slice("error: ".length) ?? null;
}
