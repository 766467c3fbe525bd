import {
  type CallOptions,
  Connection,
  type ConnectionOptions,
  defaultCallTimeoutMs,
} from "./connection/connection.ts";
import { LinkError } from "./errors.ts";
import type { Procedure } from "./protocol/procedure.ts";

export interface PoolOptions extends ConnectionOptions {
  readonly maxConnections?: number;
  /** A call that waits for so long is worth another connection. */
  readonly growAfterMs?: number;
}

const defaults = { maxConnections: 16, growAfterMs: 250, maxWaiting: 1_024 } as const;

interface Waiting {
  readonly go: (connection: Connection) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Connections for calls of one kind. One is opened when it is first used, and anew when it has ended. Calls that are not
 * answered, since a guest hangs, keep their places on it until they are, also when nobody waits for them any more; so
 * where all places are taken for a while another connection is opened. Those that are too many are closed again.
 *
 * No call is repeated: whether one that was cut off was carried out is for the caller to find out.
 */
export class Pool {
  readonly #options: PoolOptions;
  readonly #connections = new Set<Connection>();
  readonly #waiting = new Set<Waiting>();
  readonly #closed = new AbortController();
  #isOpening = false;
  #cancelGrowth: (() => void) | null = null;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** As `Connection.call`, its time-out counting from now; also throws what opening a connection throws. */
  async call<Args, Result>(
    procedure: Procedure<Args, Result>,
    args: Args,
    options: CallOptions = {},
  ): Promise<Result> {
    options.signal?.throwIfAborted();
    this.#closed.signal.throwIfAborted();
    const free = this.#waiting.size === 0 ? this.#withRoom() : undefined;
    try {
      if (free !== undefined) return await free.call(procedure, args, options);
      return await this.#callInTurn(procedure, args, options);
    } finally {
      this.#serve();
    }
  }

  async close(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort(new LinkError("closed", "the connections were closed by their user"));
    this.#cancelGrowth?.();
    this.#failAll(this.#closed.signal.reason);
    await Promise.all([...this.#connections].map((connection) => connection.close()));
  }

  #callInTurn<Args, Result>(
    procedure: Procedure<Args, Result>,
    args: Args,
    { signal, timeoutMs = defaultCallTimeoutMs }: CallOptions,
  ): Promise<Result> {
    const { clock } = this.#options;
    const begun = clock.monotonic();
    return new Promise((resolve, reject) => {
      const settle = () => {
        cancel();
        this.#waiting.delete(waiting);
        signal?.removeEventListener("abort", onAbort);
      };
      const fail = (error: unknown) => {
        settle();
        reject(error instanceof Error ? error : new Error(String(error)));
      };
      const waiting: Waiting = {
        fail,
        go: (connection) => {
          settle();
          const left = timeoutMs === null ? null : Math.max(0, timeoutMs - (clock.monotonic() - begun));
          const rest = signal === undefined ? { timeoutMs: left } : { timeoutMs: left, signal };
          connection.call(procedure, args, rest).then(resolve, reject);
        },
      };
      const onAbort = () => fail(signal?.reason ?? new Error("aborted"));
      const late = `${procedure.name} found no place on a connection within ${timeoutMs ?? 0} ms`;
      const cancel =
        timeoutMs === null
          ? () => undefined
          : clock.timer(timeoutMs, () => fail(new LinkError("timeout", late)));
      signal?.addEventListener("abort", onAbort, { once: true });
      if (this.#waiting.size >= defaults.maxWaiting) {
        fail(new LinkError("overloaded", `${this.#waiting.size} calls wait already`));
        return;
      }
      this.#waiting.add(waiting);
      this.#serve();
    });
  }

  /** Whoever waits takes the places there are, in the order in which they came. */
  #serve(): void {
    if (this.#closed.signal.aborted) return;
    for (const waiting of this.#waiting) {
      const connection = this.#withRoom();
      if (connection === undefined) break;
      waiting.go(connection);
    }
    if (this.#waiting.size === 0) this.#shrink();
    else if (this.#connections.size === 0) this.#grow();
    else this.#growLater();
  }

  #withRoom(): Connection | undefined {
    for (const connection of this.#connections) if (connection.hasRoom) return connection;
    return undefined;
  }

  #growLater(): void {
    if (this.#cancelGrowth !== null) return;
    const { clock, growAfterMs = defaults.growAfterMs } = this.#options;
    this.#cancelGrowth = clock.timer(growAfterMs, () => {
      this.#cancelGrowth = null;
      // Places of calls that were given up are told by nobody.
      this.#serve();
      const { maxConnections = defaults.maxConnections } = this.#options;
      if (this.#waiting.size > 0 && this.#connections.size < maxConnections) this.#grow();
    });
  }

  #grow(): void {
    if (this.#isOpening) return;
    this.#isOpening = true;
    void Connection.open(this.#options, undefined, this.#closed.signal)
      .then(
        (connection) => this.#adopt(connection),
        (error: unknown) => {
          if (this.#connections.size === 0) this.#failAll(error);
        },
      )
      .finally(() => {
        this.#isOpening = false;
        this.#serve();
      });
  }

  #adopt(connection: Connection): void {
    if (connection.closed.aborted) return;
    this.#connections.add(connection);
    connection.closed.addEventListener("abort", () => {
      this.#connections.delete(connection);
      this.#serve();
    });
  }

  #shrink(): void {
    this.#cancelGrowth?.();
    this.#cancelGrowth = null;
    for (const connection of this.#connections) {
      if (this.#connections.size === 1) return;
      if (!connection.isIdle) continue;
      this.#connections.delete(connection);
      void connection.close();
    }
  }

  #failAll(error: unknown): void {
    for (const waiting of this.#waiting) waiting.fail(error);
  }
}
