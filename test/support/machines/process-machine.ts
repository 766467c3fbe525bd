/**
 * A machine as a group of processes: its host with the guests, its heartbeat, its agent; behind a power device that
 * speaks IPMI and whose switch ends the group, or starts it.
 */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { NodeName } from "../../../reconciler/model/names.ts";
import { keelMain } from "../../cli/running-up.ts";
import { IpmiSimulator } from "../fence/ipmi-simulator.ts";

export interface ProcessMachineOptions {
  readonly node: NodeName;
  /** Of its own. */
  readonly folder: string;
  /** Where the hosts of all machines have their sockets and volumes. */
  readonly peers: string;
  /** Is told what befalls its guests, and when its power goes. */
  readonly witness: string;
  /** How its daemons reach the store. */
  readonly store: readonly string[];
  /** Of its mainboard: 32 hexadecimal digits. */
  readonly uuid: string;
  readonly lease: string;
  /** The words that start a program at its place in the network; left out: on this machine's own. */
  readonly entering?: readonly string[];
  /** Where others reach it; left out: nowhere. */
  readonly address?: string;
}

export type Daemon = "heartbeat" | "agent";

export class ProcessMachine {
  readonly node: NodeName;
  readonly bmc: IpmiSimulator;
  readonly #folder: string;

  private constructor(node: NodeName, folder: string, bmc: IpmiSimulator) {
    this.node = node;
    this.#folder = folder;
    this.bmc = bmc;
  }

  /** Its power device works; the machine itself is off. */
  static async make(options: ProcessMachineOptions): Promise<ProcessMachine> {
    const { node, folder, uuid } = options;
    mkdirSync(join(folder, "bmc"), { recursive: true });
    writeFileSync(join(folder, "machine-id"), `${node}\n`);
    writeFileSync(join(folder, "machine-id.system-uuid"), `${uuid}\n`);
    writeFileSync(join(folder, "boot.sh"), bootScript(options));
    const power = powerScript(options);
    writeFileSync(join(folder, "power.sh"), power);
    const bmc = await IpmiSimulator.start({ folder: join(folder, "bmc"), guid: uuid, power });
    return new ProcessMachine(node, folder, bmc);
  }

  get isOn(): boolean {
    return this.#switch("get").trim() === "1";
  }

  /** By its own switch, not by its power device. */
  powerOn(): void {
    this.#switch("on");
  }

  /** All of it ends at once. */
  pullPlug(): void {
    this.#switch("off");
  }

  /** Nothing of it moves, and nothing of it ends: a kernel that hangs, guests included. */
  freeze(): void {
    process.kill(-this.#id("group"), "SIGSTOP");
  }

  kill(daemon: Daemon, signal: "SIGKILL" | "SIGSTOP" | "SIGCONT" = "SIGKILL"): void {
    try {
      process.kill(this.#id(`${daemon}.pid`), signal);
    } catch {
      // Between two lives.
    }
  }

  /**
   * From its next boot on it is another machine, by its ids; it has to be off. Returns by what the former one takes itself
   * for what it is, once it boots elsewhere: options of its commands.
   */
  exchange(): readonly string[] {
    const former = join(this.#folder, "former");
    mkdirSync(former);
    for (const file of ["machine-id", "machine-id.system-uuid"]) {
      renameSync(join(this.#folder, file), join(former, file));
    }
    writeFileSync(join(former, "boot-id"), `${randomUUID()}\n`);
    writeFileSync(join(this.#folder, "machine-id"), `${this.node}-anew\n`);
    writeFileSync(join(this.#folder, "machine-id.system-uuid"), `${randomUUID()}\n`);
    return ["--machine-id-file", join(former, "machine-id"), "--boot-id-file", join(former, "boot-id")];
  }

  get bootIdFile(): string {
    return join(this.#folder, "boot-id");
  }

  get bootId(): string {
    return this.read("boot-id").trim();
  }

  /** A file of its folder; empty where there is none. */
  read(file: string): string {
    const path = join(this.#folder, file);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }

  async close(): Promise<void> {
    await this.bmc.close();
    this.pullPlug();
  }

  /** @throws Error where none is written there: 0 would be this very process and all that it belongs to */
  #id(file: string): number {
    const id = Number(this.read(file));
    if (!(id > 1)) throw new Error(`${file} of ${this.node} names no process`);
    return id;
  }

  #switch(to: "get" | "on" | "off"): string {
    return execFileSync("sh", [join(this.#folder, "power.sh"), to], { encoding: "utf8" });
  }
}

/** Its daemons are started again where they end, as by a service manager. */
function bootScript(options: ProcessMachineOptions): string {
  const { node, folder, peers, witness, store, lease, entering = [], address } = options;
  const words = [...entering, process.execPath, keelMain];
  const keel = (...args: readonly string[]) => [...words, ...args].map(quoted).join(" ");
  const ids = ["--machine-id-file", join(folder, "machine-id"), "--boot-id-file", join(folder, "boot-id")];
  const daemon = ["--node", node, ...ids];
  const reached = ["--answer-at", `${address ?? "127.0.0.1"}:0`, "--run-dir", join(folder, "run")];
  const host = ["--node", node, "--directory", peers, "--boot-id-file", join(folder, "boot-id")];
  const socket = ["--host-socket", join(peers, `${node}.sock`), "--state", join(folder, "known")];
  return `cd ${quoted(folder)} || exit 1
export KEEL_LOG=debug
keep() {
  name=$1; shift
  while :; do
    "$@" >> "$name.log" 2>&1 &
    echo $! > "$name.pid"
    wait $!
    sleep 0.2
  done
}
rm -f boot-id
${keel("simulated-host", ...host, "--witness", witness)} >> host.log 2>&1 &
while [ ! -s boot-id ]; do sleep 0.05; done
keep heartbeat ${keel(...store, "heartbeat", ...daemon, ...reached, "--lease", lease)} &
keep agent ${keel(...store, "agent", ...daemon, ...socket)} &
wait
`;
}

/**
 * A process that has ended and that nobody has waited for yet does not run. A machine that is off has no group: its number
 * may become that of others.
 */
function powerScript({ node, folder, witness }: ProcessMachineOptions): string {
  return `folder=${quoted(folder)}
group=$(cat "$folder/group" 2>/dev/null)
runs() {
  [ -n "$group" ] && cat /proc/[0-9]*/stat 2>/dev/null |
    awk -v group="$group" '{ sub(/^.*\\) /, "") } $3 == group && $1 != "Z" && $1 != "X" { found = 1 } END { exit !found }'
}
case $1 in
  get) if runs; then echo 1; else echo 0; fi;;
  on)
    if ! runs; then
      setsid sh "$folder/boot.sh" < /dev/null >> "$folder/boot.log" 2>&1 &
      echo $! > "$folder/group"
    fi;;
  off)
    if runs; then
      kill -s KILL -- "-$group"
      while runs; do :; done
      rm "$folder/group"
      echo "{\\"v\\":1,\\"kind\\":\\"power-off\\",\\"node\\":\\"${node}\\",\\"at\\":$(date +%s%3N)}" >> ${quoted(witness)}
    fi;;
esac
`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
