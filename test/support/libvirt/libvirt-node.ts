import { mkdir, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";
import { repositoryRoot } from "../root.ts";
import { finish, type Finished, run } from "../command.ts";
import { enter, inNamespaces, type NamespaceProcess } from "./namespaces.ts";

export interface LibvirtNodeOptions {
  /** From 1 on. */
  readonly number: number;
  readonly folder: string;
  /** The process in whose network the bridge is. */
  readonly switchPid: number;
}

const all = ["-m", "-u", "-i", "-n", "-p"];
/** Far more than it takes, on the slowest machine. */
const answersWithinMs = 120_000;
export const subnet = "10.77.0";

/** A machine made of namespaces, with a real libvirtd on it. */
export class LibvirtNode {
  readonly name: string;
  readonly address: string;
  readonly folder: string;
  readonly #options: LibvirtNodeOptions;
  #process: NamespaceProcess | null = null;

  constructor(options: LibvirtNodeOptions) {
    this.#options = options;
    this.folder = options.folder;
    this.name = `node${options.number}`;
    this.address = `${subnet}.${10 + options.number}`;
  }

  /** By which processes of this machine reach its libvirtd. */
  get uri(): string {
    return `qemu+unix:///system?socket=${join(this.folder, "run", "libvirt-sock")}`;
  }

  /** The same with another driver. */
  uriOf(driver: string, path: string): string {
    return this.uri.replace("qemu+unix:///system", `${driver}+unix://${path}`);
  }

  get isUp(): boolean {
    return this.#process !== null;
  }

  get pid(): number {
    if (this.#process === null) throw new Error(`${this.name} is off`);
    return this.#process.pid;
  }

  /** Boots: what was defined is still there, what ran is not. Whether libvirtd answers yet: `ready`. */
  async start(): Promise<void> {
    const { folder } = this;
    await rm(join(folder, "run"), { recursive: true, force: true });
    await rm(join(folder, "plugged"), { force: true });
    const folders = ["run", "etc/qemu/networks", "etc/hooks", "lib/images", "log", "cache"];
    for (const name of folders) await mkdir(join(folder, name), { recursive: true });
    await this.#writeFiles();
    const script = join(repositoryRoot, "test/support/libvirt/node-init.sh");
    this.#process = await inNamespaces(
      ["--net", "--mount", "--uts", "--pid", "--ipc", "--propagation", "private"],
      ["bash", script, this.name, folder],
    );
    await this.#plugIn();
    await writeFile(join(folder, "plugged"), "");
  }

  async ready(): Promise<void> {
    const giveUpAt = systemClock.monotonic() + answersWithinMs;
    for (;;) {
      const { status, stderr } = await finish("virsh", ["-q", "-c", this.uri, "uri"]);
      if (status === 0) return;
      if (systemClock.monotonic() > giveUpAt) throw new Error(`libvirtd of ${this.name}: ${stderr}`);
      await systemClock.sleep(50);
    }
  }

  /** Pulls the plug of the whole machine. */
  async crash(): Promise<void> {
    await this.#process?.kill();
    this.#process = null;
  }

  /** In the machine, to its end. */
  exec(...program: readonly string[]): Promise<string> {
    return run("nsenter", enter(this.pid, all, program));
  }

  /** The words that start a program in the machine. */
  entering(...program: readonly string[]): readonly string[] {
    return ["setpriv", "--pdeathsig", "KILL", "nsenter", ...enter(this.pid, all, program)];
  }

  /** `virsh` against its libvirtd, from outside. */
  virsh(...args: readonly string[]): Promise<string> {
    return run("virsh", ["-q", "-c", this.uri, ...args]);
  }

  tryVirsh(...args: readonly string[]): Promise<Finished> {
    return finish("virsh", ["-q", "-c", this.uri, ...args]);
  }

  /** Every domain that runs, at once. */
  async destroyAll(): Promise<void> {
    const names = (await this.virsh("list", "--name")).split("\n").filter((name) => name !== "");
    await Promise.all(names.map((name) => this.tryVirsh("destroy", name)));
  }

  /** Resolves once it is gone: until then another one finds its place taken. */
  async killLibvirtd(): Promise<void> {
    const gone = 'while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done';
    await this.exec("sh", "-c", `pid=$(cat /run/libvirtd.pid); kill -9 "$pid"; ${gone}`);
  }

  /** Stops it, as one that hangs, or lets it go on. What is asked of it meanwhile waits. */
  async signalLibvirtd(signal: "STOP" | "CONT"): Promise<void> {
    await this.exec("sh", "-c", `kill -${signal} $(cat /run/libvirtd.pid)`);
  }

  /** libvirtd knows its process: killed before that, it would never get over it. */
  async hasNoted(domain: string): Promise<boolean> {
    const note = await readFile(join(this.folder, "run/qemu", `${domain}.xml`), "utf8").catch(() => "");
    return /<domstatus [^>]*pid='[1-9]/u.test(note);
  }

  async startLibvirtd(): Promise<void> {
    await this.exec("libvirtd", "--listen", "--timeout", "0", "--daemon");
  }

  /** Stops every process on it, as a machine that hangs, or lets them go on. */
  async signalAll(signal: "SIGSTOP" | "SIGCONT"): Promise<void> {
    for (const pid of await this.#processes()) process.kill(pid, signal);
  }

  /** Where its kernel lists its interfaces, as this machine sees it. */
  get interfaceFolder(): string {
    return `/proc/${this.pid}/root/sys/class/net`;
  }

  /** A switch in it, which cards of guests are plugged into. */
  async addBridge(name: string): Promise<void> {
    await this.exec("ip", "link", "add", name, "type", "bridge");
    await this.exec("ip", "link", "set", name, "up");
  }

  /**
   * A file system that libvirt takes for shared, and that is, between all nodes that mount the same folder there: none keeps
   * anything in a cache of its own. Locks are each mount's own.
   */
  async mountShared(folder: string, at: string): Promise<void> {
    const options = "subtype=glusterfs,direct_io,attr_timeout=0,entry_timeout=0";
    await this.exec("bindfs", "-o", options, folder, at);
  }

  /** Its cable. */
  async cable(state: "up" | "down"): Promise<void> {
    const program = ["ip", "link", "set", this.#port, state];
    await run("nsenter", enter(this.#options.switchPid, ["-n"], program));
  }

  /** Processes on it whose command line has this in it, as this machine counts. */
  async pidsOf(fragment: string): Promise<readonly number[]> {
    const found: number[] = [];
    for (const pid of await this.#processes()) {
      const text = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      if (text.replaceAll("\0", " ").includes(fragment)) found.push(pid);
    }
    return found;
  }

  /** Everything on it, also what was started from outside. */
  async #processes(): Promise<readonly number[]> {
    const namespaceOf = (pid: number) => readlink(`/proc/${pid}/ns/pid`).catch(() => null);
    const own = await namespaceOf(this.pid);
    const found: number[] = [];
    for (const pid of (await readdir("/proc")).map(Number).filter(Number.isInteger)) {
      if (own !== null && (await namespaceOf(pid)) === own) found.push(pid);
    }
    return found;
  }

  get #port(): string {
    return `port${this.#options.number}`;
  }

  /** A fixed MAC: with a new one after a crash, its peers would ask the old one for a minute. */
  async #plugIn(): Promise<void> {
    const { switchPid, number } = this.#options;
    const mac = `02:00:0a:4d:00:${number.toString(16).padStart(2, "0")}`;
    const outside = (...args: readonly string[]) => run("nsenter", enter(switchPid, ["-n"], ["ip", ...args]));
    const inside = (...args: readonly string[]) => run("nsenter", enter(this.pid, ["-n"], ["ip", ...args]));
    await finish("nsenter", enter(switchPid, ["-n"], ["ip", "link", "del", this.#port]));
    const peer = ["peer", "name", "eth0", "address", mac, "netns", String(this.pid)];
    await outside("link", "add", this.#port, "type", "veth", ...peer);
    await outside("link", "set", this.#port, "master", "switch", "up");
    await inside("link", "set", "lo", "up");
    await inside("addr", "add", `${this.address}/24`, "dev", "eth0");
    await inside("link", "set", "eth0", "up");
  }

  async #writeFiles(): Promise<void> {
    const { number } = this.#options;
    const peers = Array.from({ length: 9 }, (_, index) => `${subnet}.${11 + index} node${index + 1}`);
    const texts = {
      "hosts": ["127.0.0.1 localhost", ...peers],
      "hostname": [this.name],
      "etc/libvirtd.conf": libvirtdConfig(number),
      "etc/qemu.conf": qemuConfig,
    };
    for (const [name, lines] of Object.entries(texts)) {
      await writeFile(join(this.folder, name), `${lines.join("\n")}\n`);
    }
  }
}

/** A peer that is cut off is noticed after (3 + 1) × 2 s. */
const keepalive = ["keepalive_interval = 2", "keepalive_count = 3"];

function libvirtdConfig(number: number): readonly string[] {
  return [
    "listen_tls = 0",
    "listen_tcp = 1",
    'listen_addr = "0.0.0.0"',
    'auth_tcp = "none"',
    'auth_unix_ro = "none"',
    'auth_unix_rw = "none"',
    'unix_sock_group = "root"',
    // Libvirt refuses to migrate to the machine that it is on.
    `host_uuid = "00000000-0000-4000-8000-${String(number).padStart(12, "0")}"`,
    "log_level = 3",
    'log_outputs = "3:file:/var/log/libvirt/libvirtd.log"',
    ...keepalive,
  ];
}

const qemuConfig = [
  'security_driver = "none"',
  'user = "root"',
  'group = "root"',
  "dynamic_ownership = 0",
  "remember_owner = 0",
  "cgroup_controllers = [ ]",
  "namespaces = [ ]",
  'stdio_handler = "file"',
  'migration_address = "0.0.0.0"',
  ...keepalive,
];
