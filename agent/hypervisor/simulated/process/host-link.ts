import type { Clock } from "../../../../reconciler/model/clock.ts";
import { Connection } from "./connection.ts";
import { HypervisorError } from "../../hypervisor.ts";
import type { CallName, Gives, Takes } from "./protocol.ts";

/** Between two tries to reach a host that is not there. */
const retryMs = 250;

/** A connection to a host that is opened anew when it ends: at the next call, and by itself while somebody listens. */
export class HostLink {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #connecting: Promise<Connection> | null = null;
  #open: Connection | null = null;
  #cancelRetry: (() => void) | null = null;
  #closed = false;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  async call<K extends CallName>(call: K, takes: Takes<K>, signal?: AbortSignal): Promise<Gives<K>> {
    signal?.throwIfAborted();
    const connection = await this.#connection();
    return connection.call(call, takes, signal);
  }

  /** Also called when the connection is there again: what happened meanwhile was not heard. */
  onChange(callback: () => void): () => void {
    this.#listeners.add(callback);
    this.#keepOpen();
    return () => this.#listeners.delete(callback);
  }

  close(): void {
    this.#closed = true;
    this.#listeners.clear();
    this.#cancelRetry?.();
    this.#open?.close();
  }

  #connection(): Promise<Connection> {
    if (this.#closed) {
      throw new HypervisorError("unreachable", `the link to ${this.#path} was closed by its user`);
    }
    if (this.#open !== null && !this.#open.closed.aborted) return Promise.resolve(this.#open);
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = null;
    });
    return this.#connecting;
  }

  async #connect(): Promise<Connection> {
    const connection = await Connection.open(this.#path, this.#clock, () => this.#tell());
    if (this.#closed) connection.close();
    this.#open = connection;
    connection.closed.addEventListener("abort", () => this.#keepOpen());
    this.#tell();
    return connection;
  }

  #keepOpen(): void {
    if (this.#closed || this.#listeners.size === 0) return;
    this.#connection().catch(() => {
      this.#cancelRetry?.();
      this.#cancelRetry = this.#clock.timer(retryMs, () => this.#keepOpen());
    });
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
