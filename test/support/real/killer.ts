import type { RealCluster } from "./real-cluster.ts";

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

  async libvirtd(node: string): Promise<void> {
    const { machine } = this.#cluster.node(node);
    await machine.killLibvirtd();
    await machine.startLibvirtd();
    await machine.ready();
  }

  async reconciler(): Promise<void> {
    const { reconciler } = this.#cluster;
    await reconciler.end("SIGKILL");
    reconciler.start();
  }
}
