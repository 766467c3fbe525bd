import type { RealCluster } from "./real-cluster.ts";

/** What an agent says once it believes its libvirt. */
const takenUp = "libvirt has taken up its domains";

/** Gives one part of a real cluster its worst death, and starts it again. */
export class Killer {
  readonly #cluster: RealCluster;

  constructor(cluster: RealCluster) {
    this.#cluster = cluster;
  }

  async agent(node: string): Promise<void> {
    const { agent } = this.#cluster.node(node);
    await agent.end("SIGKILL");
    agent.start();
  }

  async heartbeat(node: string): Promise<void> {
    const { heartbeat } = this.#cluster.node(node);
    await heartbeat.end("SIGKILL");
    heartbeat.start();
  }

  /** Resolves once the node's agent sees its domains again. */
  async libvirtd(node: string): Promise<void> {
    const { machine, agent } = this.#cluster.node(node);
    const before = agent.count(takenUp);
    await machine.killLibvirtd();
    await machine.startLibvirtd();
    await machine.ready();
    await agent.says(takenUp, before + 1);
  }

  async reconciler(): Promise<void> {
    const { reconciler } = this.#cluster;
    await reconciler.end("SIGKILL");
    reconciler.start();
  }
}
