import type { Clock } from "../../../../reconciler/model/clock.ts";
import type { NodeName, VmName } from "../../../../reconciler/model/names.ts";
import { HypervisorError } from "../../hypervisor.ts";
import type { IncomingCopy, PeerLink, Peers } from "../peers.ts";
import { Connection } from "./connection.ts";
import { hostSocket } from "./sockets.ts";

/** Other hosts, found by their sockets in one directory. */
export class SocketPeers implements Peers {
  readonly #directory: string;
  readonly #clock: Clock;

  constructor(directory: string, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  async connect(from: NodeName, to: NodeName): Promise<PeerLink> {
    try {
      return new SocketLink(await Connection.open(hostSocket(this.#directory, to), this.#clock));
    } catch (cause) {
      throw new HypervisorError("refused", `${from} cannot reach the hypervisor on ${to}`, { cause });
    }
  }
}

/** A migration's link over a socket. Once broken it stays so, as with a live migration's connection. */
class SocketLink implements PeerLink {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  state(): "open" | "closed" {
    return this.#connection.closed.aborted ? "closed" : "open";
  }

  onState(callback: () => void): void {
    this.#connection.closed.addEventListener("abort", callback, { once: true });
  }

  async receive(copy: IncomingCopy): Promise<void> {
    await this.#connection.call("receive", { copy });
  }

  async handOver(vm: VmName, epoch: number): Promise<void> {
    await this.#connection.call("hand-over", { vm, epoch });
  }

  async drop(vm: VmName, epoch: number): Promise<void> {
    await this.#connection.call("drop", { vm, epoch });
  }

  close(): void {
    this.#connection.close();
  }
}
