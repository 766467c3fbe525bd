/** OpenIPMI's simulated device: a real one by its protocol, whose power switch is a script. */
import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { finish } from "../command.ts";

export interface IpmiSimulatorOptions {
  /** Empty, of its own. */
  readonly folder: string;
  /** The 16 bytes that it says its machine is called, in hexadecimal, in the order in which it sends them. */
  readonly guid: string;
  /**
   * Shell: `$1` is `get`, `on` or `off`; `get` prints 1 or 0. It is called twice where it takes longer than a second.
   * Left out: a machine that does as it is told.
   */
  readonly power?: string;
  readonly password?: string;
  /** The words that start a program in the network where it answers, on loopback; left out: here. */
  readonly launcher?: readonly string[];
}

export const ipmiUser = "fence";
/** IPMI 1.5 takes 16 letters. */
export const ipmiPassword = "s3cret-of-a-bmc";
/** The only one that it knows; without it ipmitool asks, and waits for 10 s. */
export const ipmiCipher = "3";

const startsWithinMs = 20_000;

export class IpmiSimulator {
  readonly port: number;
  readonly #folder: string;
  readonly #child: ChildProcess;

  private constructor(port: number, folder: string, child: ChildProcess) {
    this.port = port;
    this.#folder = folder;
    this.#child = child;
  }

  static async start(options: IpmiSimulatorOptions): Promise<IpmiSimulator> {
    const { folder, launcher = [] } = options;
    const port = await freePort();
    mkdirSync(join(folder, "state"), { recursive: true });
    writeFileSync(join(folder, "lan.conf"), lanConf(options, port));
    writeFileSync(join(folder, "device.emu"), device);
    writeFileSync(join(folder, "power.sh"), options.power ?? obedient(folder));
    writeFileSync(join(folder, "chassis.sh"), chassis(folder), { mode: 0o755 });
    writeFileSync(join(folder, "is-on"), "1\n");
    const files = [
      "-c",
      join(folder, "lan.conf"),
      "-f",
      join(folder, "device.emu"),
      "-s",
      join(folder, "state"),
    ];
    const [program, ...args] = [...launcher, "ipmi_sim", ...files, "-n"];
    const child = spawn(program, args, { cwd: folder, stdio: "ignore" });
    const simulator = new IpmiSimulator(port, folder, child);
    await simulator.#answers(launcher);
    return simulator;
  }

  /** As the document of a node names it; the password is the secret of that name. */
  device(secret: string): object {
    // So that it is soon known where nobody answers.
    const options = { cipher: Number(ipmiCipher), ipmitool_timeout: 1, power_timeout: 5 };
    const password = { file: secret };
    return { agent: "ipmilan", address: "127.0.0.1", port: this.port, user: ipmiUser, password, options };
  }

  /** What the machine behind it was told, in order. */
  get calls(): readonly string[] {
    const path = join(this.#folder, "calls");
    return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
  }

  /** Of the obedient machine. */
  get power(): "on" | "off" {
    return readFileSync(join(this.#folder, "is-on"), "utf8").trim() === "1" ? "on" : "off";
  }

  /** From now on another machine is behind it. */
  set machine(power: string) {
    writeFileSync(join(this.#folder, "power.sh"), power);
  }

  pause(): void {
    this.#child.kill("SIGSTOP");
  }

  resume(): void {
    this.#child.kill("SIGCONT");
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await ended;
  }

  /** It has its port from its start on, so the presence ping of RMCP (ASF 2.0, 3.2.4.3) tells when it serves. */
  async #answers(launcher: readonly string[]): Promise<void> {
    const [program, ...args] = [...launcher, "bash", "-c", presencePing, "ping", String(this.port)];
    const until = performance.now() + startsWithinMs;
    while ((await finish(program, args)).status !== 0) {
      if (performance.now() > until) throw new Error("ipmi_sim does not answer");
      if (this.#child.exitCode !== null) throw new Error(`ipmi_sim ended with ${this.#child.exitCode}`);
      await sleep(20);
    }
  }
}

/** Succeeds where an answer comes. */
const presencePing = `exec 3<>"/dev/udp/127.0.0.1/$1"
printf '\\x06\\x00\\xff\\x06\\x00\\x00\\x11\\xbe\\x80\\x00\\x00\\x00' >&3 && read -r -t 0.2 -n 1 <&3 2>/dev/null`;

function obedient(folder: string): string {
  return `case $1 in
  get) cat '${folder}/is-on';;
  on) echo 1 > '${folder}/is-on';;
  off) echo 0 > '${folder}/is-on';;
esac
`;
}

/** ipmi_sim's way of calling: `get power boot`, `set power 0`, `set reset 1`. */
function chassis(folder: string): string {
  return `#!/bin/sh
power() { sh '${folder}/power.sh' "$1"; }
case $1 in
  get)
    shift
    for what in "$@"; do
      case $what in
        power) echo "power:$(power get)";;
        boot) echo "boot:default";;
        *) echo "no $what"; exit 1;;
      esac
    done;;
  set)
    echo "$2 $3" >> '${folder}/calls'
    case "$2 $3" in
      "power 1") power on;;
      "power 0" | "shutdown 1") power off;;
      "reset 1") power off && power on;;
    esac;;
esac
`;
}

function lanConf({ folder, guid, password = ipmiPassword }: IpmiSimulatorOptions, port: number): string {
  const levels = ["callback", "user", "operator", "admin"];
  return `name "device"
set_working_mc 0x20
startlan 1
  addr 127.0.0.1 ${port}
  priv_limit admin
${levels.map((level) => `  allowed_auths_${level} none md2 md5 straight`).join("\n")}
  guid ${guid}
endlan
chassis_control "${join(folder, "chassis.sh")}"
user 1 true "" "test" user 10 none md2 md5 straight
user 2 true "${ipmiUser}" "${password}" admin 10 none md2 md5 straight
`;
}

const device = `mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
sel_enable 0x20 1000 0x0a
mc_enable 0x20
`;

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    socket.once("error", reject);
    socket.bind(0, "127.0.0.1", () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
