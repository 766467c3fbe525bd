import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../command.ts";
import { LibvirtNode, subnet } from "./libvirt-node.ts";
import { enter, inNamespaces, type NamespaceProcess } from "./namespaces.ts";

/**
 * Machines made of namespaces, each with a real libvirtd, on one switch that is in a network namespace as well: several
 * clusters do not meet, and nothing is left of one whose processes have ended.
 */
export class LibvirtCluster {
  /** Where nodes reach what runs on the switch. */
  readonly address = `${subnet}.1`;
  readonly nodes: readonly LibvirtNode[];
  /** Every node sees it, at the same path. */
  readonly folder: string;
  readonly #switch: NamespaceProcess;

  private constructor(folder: string, wire: NamespaceProcess, nodes: readonly LibvirtNode[]) {
    this.folder = folder;
    this.#switch = wire;
    this.nodes = nodes;
  }

  static async start(count: number): Promise<LibvirtCluster> {
    const folder = await mkdtemp(join(tmpdir(), "keel-libvirt-"));
    const wire = await inNamespaces(["--net", "--pid"], ["sleep", "infinity"]);
    const inside = (...args: readonly string[]) => run("nsenter", enter(wire.pid, ["-n"], ["ip", ...args]));
    await inside("link", "set", "lo", "up");
    // With an address of its own: else it takes another one whenever a node dies, and its peers ask the old one.
    await inside("link", "add", "switch", "address", "02:00:0a:4d:00:fe", "type", "bridge");
    await inside("addr", "add", `${subnet}.1/24`, "dev", "switch");
    await inside("link", "set", "switch", "up");
    const nodes = Array.from(
      { length: count },
      (_, index) =>
        new LibvirtNode({
          number: index + 1,
          folder: join(folder, `n${index + 1}`),
          switchPid: wire.pid,
        }),
    );
    const cluster = new LibvirtCluster(folder, wire, nodes);
    try {
      await Promise.all(nodes.map((node) => node.start()));
      await Promise.all(nodes.map((node) => node.ready()));
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** The `number`th node, from 1 on. */
  node(number: number): LibvirtNode {
    const node = this.nodes[number - 1];
    if (node === undefined) throw new RangeError(`there is no node ${number}`);
    return node;
  }

  /** The words that start a program on the switch, as a machine that is none of the nodes; it ends with its parent. */
  entering(...program: readonly string[]): readonly string[] {
    return ["nsenter", ...enter(this.#switch.pid, ["-n"], ["setpriv", "--pdeathsig", "KILL", ...program])];
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.crash()));
    await this.#switch.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}
