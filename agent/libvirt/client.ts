import { type CallOptions, Connection, type ConnectionOptions } from "./connection/connection.ts";
import type { KeepaliveOptions } from "./connection/keepalive.ts";
import { LinkError } from "./errors.ts";
import { openEventStream, type StreamEvent } from "./event-stream.ts";
import { Pool } from "./pool.ts";
import type { EventKind } from "./protocol/events.ts";
import type { Lane, Procedure } from "./protocol/procedure.ts";
import type { TimeSource } from "./time-source.ts";
import { parseUri } from "./uri.ts";

export interface ClientOptions {
  /** `qemu:///system`, `qemu+tcp://host/system`; see `parseUri`. */
  readonly uri: string;
  readonly clock: TimeSource;
  readonly keepalive?: KeepaliveOptions;
  readonly openTimeoutMs?: number;
  /** At once, each over a connection of its own. */
  readonly maxLongCalls?: number;
  /** Between two tries to connect the events again. */
  readonly eventRetryMs?: number;
}

const maxLongCalls = 64;

/**
 * A libvirt daemon, over as many connections as it takes for nothing to wait for something slower: some each for reading,
 * for queries that a guest's process answers and for acts, one for events, and one for each migration.
 *
 * Connects when first used, and again after a connection has ended. Nothing is repeated by itself.
 */
export class LibvirtClient {
  readonly #options: ConnectionOptions;
  readonly #eventRetryMs: number | undefined;
  readonly #pools: Readonly<Record<Exclude<Lane, "long">, Pool>>;
  readonly #maxLongCalls: number;
  readonly #streams = new Set<() => void>();
  readonly #closed = new AbortController();
  #longCalls = 0;

  /** @throws RangeError where the URI is none. */
  constructor(options: ClientOptions) {
    const { address, serverUri } = parseUri(options.uri);
    this.#options = {
      address,
      serverUri,
      clock: options.clock,
      ...(options.keepalive === undefined ? {} : { keepalive: options.keepalive }),
      ...(options.openTimeoutMs === undefined ? {} : { openTimeoutMs: options.openTimeoutMs }),
    };
    this.#eventRetryMs = options.eventRetryMs;
    this.#maxLongCalls = options.maxLongCalls ?? maxLongCalls;
    this.#pools = {
      read: new Pool(this.#options),
      query: new Pool(this.#options),
      act: new Pool(this.#options),
    };
  }

  /**
   * Calls a procedure over a connection of its lane. Without a `timeoutMs` a long call may last as long as its
   * connection, any other 30 s.
   *
   * @throws LibvirtError: libvirt said no. LinkError: no answer is known. RangeError: the arguments cannot be sent, and
   * nothing was. The signal's reason.
   */
  async call<Args, Result>(
    procedure: Procedure<Args, Result>,
    args: Args,
    options: CallOptions = {},
  ): Promise<Result> {
    this.#closed.signal.throwIfAborted();
    if (procedure.lane === "long") return await this.#callLong(procedure, args, options);
    return await this.#pools[procedure.lane].call(procedure, args, options);
  }

  /** Events of all domains, of these kinds, until the returned function is called. */
  onEvent(kinds: readonly EventKind[], listener: (event: StreamEvent) => void): () => void {
    this.#closed.signal.throwIfAborted();
    const retry = this.#eventRetryMs === undefined ? {} : { retryMs: this.#eventRetryMs };
    const close = openEventStream({ ...this.#options, ...retry, kinds }, listener);
    this.#streams.add(close);
    return () => {
      this.#streams.delete(close);
      close();
    };
  }

  /** Ends all connections. Migrations go on without us. */
  async close(): Promise<void> {
    this.#closed.abort(new LinkError("closed", "the client was closed by its user"));
    for (const close of this.#streams) close();
    this.#streams.clear();
    await Promise.all(Object.values(this.#pools).map((pool) => pool.close()));
  }

  async #callLong<Args, Result>(
    procedure: Procedure<Args, Result>,
    args: Args,
    options: CallOptions,
  ): Promise<Result> {
    if (this.#longCalls >= this.#maxLongCalls) {
      throw new LinkError("overloaded", `${this.#longCalls} long calls are under way already`);
    }
    this.#longCalls += 1;
    const signals = options.signal === undefined ? [] : [options.signal];
    const signal = AbortSignal.any([this.#closed.signal, ...signals]);
    let connection: Connection | null = null;
    try {
      connection = await Connection.open(this.#options, undefined, signal);
      return await connection.call(procedure, args, { timeoutMs: null, ...options, signal });
    } finally {
      this.#longCalls -= 1;
      connection?.drop();
    }
  }
}
