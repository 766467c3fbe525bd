/** A machine's network cable: a namespace of its own, joined to this one, until it is cut. Needs root. */
import { randomInt } from "node:crypto";
import { run } from "../command.ts";
import { enter, inNamespaces, type NamespaceProcess } from "../libvirt/namespaces.ts";

export class Wire {
  /** Of the machine. */
  readonly address: string;
  /** Where the machine reaches what runs here. */
  readonly here: string;
  readonly #link: string;
  readonly #namespace: NamespaceProcess;

  private constructor(link: string, network: string, namespace: NamespaceProcess) {
    this.#link = link;
    this.#namespace = namespace;
    this.here = `${network}.1`;
    this.address = `${network}.2`;
  }

  static async lay(): Promise<Wire> {
    const [a, b] = [randomInt(64, 128), randomInt(256)];
    // 100.64.0.0/10 is for wires between machines, and no one's own network.
    const network = `100.${a}.${b}`;
    const link = `kw${a}-${b}`;
    const namespace = await inNamespaces(["--net"], ["sleep", "infinity"]);
    const wire = new Wire(link, network, namespace);
    const ip = (...words: readonly string[]) => run("ip", words);
    const inside = (...words: readonly string[]) =>
      run("nsenter", enter(namespace.pid, ["-n"], ["ip", ...words]));
    await ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", String(namespace.pid));
    await ip("addr", "add", `${wire.here}/24`, "dev", link);
    await ip("link", "set", link, "up");
    await inside("addr", "add", `${wire.address}/24`, "dev", "eth0");
    await inside("link", "set", "lo", "up");
    await inside("link", "set", "eth0", "up");
    return wire;
  }

  /** The words that start a program at the machine's end. */
  get entering(): readonly string[] {
    return ["nsenter", ...enter(this.#namespace.pid, ["-n"], [])];
  }

  async cut(): Promise<void> {
    await run("ip", ["link", "set", this.#link, "down"]);
  }

  async mend(): Promise<void> {
    await run("ip", ["link", "set", this.#link, "up"]);
  }

  /** The link goes with its namespace. */
  async close(): Promise<void> {
    await this.#namespace.kill();
  }
}
