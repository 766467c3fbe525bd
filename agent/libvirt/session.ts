import { type CallOptions, Connection, type ConnectionOptions } from "./connection/connection.ts";
import { LinkError } from "./errors.ts";
import type { Procedure } from "./protocol/procedure.ts";

/**
 * A connection that is opened when it is first used, and anew when it has ended. No call is repeated: whether one that
 * was cut off was carried out is for the caller to find out.
 */
export class Session {
  readonly #options: ConnectionOptions;
  #opening: Promise<Connection> | null = null;
  #open: Connection | null = null;
  readonly #closed = new AbortController();

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** As `Connection.call`; also throws what opening a connection throws. */
  async call<Args, Result>(
    procedure: Procedure<Args, Result>,
    args: Args,
    options: CallOptions = {},
  ): Promise<Result> {
    options.signal?.throwIfAborted();
    const connection = await unlessAborted(this.#connection(), options.signal);
    return await connection.call(procedure, args, options);
  }

  async close(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort(new LinkError("closed", "the session was closed by its user"));
    await this.#open?.close();
  }

  #connection(): Promise<Connection> {
    this.#closed.signal.throwIfAborted();
    if (this.#open !== null && !this.#open.closed.aborted) return Promise.resolve(this.#open);
    this.#opening ??= this.#reopen().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async #reopen(): Promise<Connection> {
    this.#open = await Connection.open(this.#options, undefined, this.#closed.signal);
    return this.#open;
  }
}

/** The opening goes on for others who wait for it, and ends by its own time-out. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
