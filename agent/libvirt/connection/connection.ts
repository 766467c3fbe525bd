import type { Socket } from "node:net";
import { DecodeError, LibvirtError, LinkError } from "../errors.ts";
import { authentications, connectProcedures, features } from "../protocol/connect-procedures.ts";
import { readErrorReply } from "../protocol/error-reply.ts";
import { decodeEvent, type DomainEvent } from "../protocol/events.ts";
import { encodeFrame, type Frame, maxFrameBytes, maxPayloadBytes, programs } from "../protocol/frame.ts";
import { Frames } from "../protocol/frames.ts";
import type { Procedure } from "../protocol/procedure.ts";
import type { TimeSource } from "../time-source.ts";
import { XdrReader } from "../xdr/reader.ts";
import { XdrWriter } from "../xdr/writer.ts";
import { Keepalive, type KeepaliveOptions } from "./keepalive.ts";
import { type PendingCall, PendingCalls } from "./pending-calls.ts";
import { type Address, addressText, openTransport } from "./transport.ts";

export interface ConnectionOptions {
  readonly address: Address;
  /** What the server is to open: `qemu:///system`. */
  readonly serverUri: string;
  readonly clock: TimeSource;
  /** For the whole opening, greeting included. */
  readonly openTimeoutMs?: number;
  /** Null: none is sent; those of the server are answered. */
  readonly keepalive?: KeepaliveOptions | null;
  /** Below `max_client_requests` of the server's configuration. */
  readonly maxInFlight?: number;
  readonly maxWaiting?: number;
  readonly maxFrameBytes?: number;
}

export interface CallOptions {
  /** Ends the waiting only: what was asked for may still be done. */
  readonly signal?: AbortSignal;
  /** Null: as long as the connection lasts. */
  readonly timeoutMs?: number | null;
}

export const defaultCallTimeoutMs = 30_000;

const defaults = {
  openTimeoutMs: 5_000,
  keepalive: { intervalMs: 5_000, count: 3 },
  maxInFlight: 4,
  maxWaiting: 1_024,
} as const;

const goodbyeMs = 1_000;

/** One connection to a libvirt daemon, from its opening to its end; it never opens again. */
export class Connection {
  readonly #socket: Socket;
  readonly #name: string;
  readonly #clock: TimeSource;
  readonly #frames: Frames;
  readonly #pending: PendingCalls;
  readonly #keepalive: Keepalive;
  readonly #closed = new AbortController();
  readonly #onEvent: (event: DomainEvent) => void;

  private constructor(socket: Socket, options: ConnectionOptions, onEvent: (event: DomainEvent) => void) {
    this.#socket = socket;
    this.#name = addressText(options.address);
    this.#clock = options.clock;
    this.#onEvent = onEvent;
    this.#frames = new Frames(options.maxFrameBytes ?? maxFrameBytes);
    const send = (bytes: Buffer) => {
      socket.write(bytes);
    };
    this.#pending = new PendingCalls(
      {
        inFlight: options.maxInFlight ?? defaults.maxInFlight,
        waiting: options.maxWaiting ?? defaults.maxWaiting,
      },
      send,
    );
    const keepalive = options.keepalive ?? defaults.keepalive;
    this.#keepalive = new Keepalive(options.clock, keepalive, {
      send,
      silent: () =>
        this.#end(
          this.#lost("closed", `no sign of life for ${keepalive.intervalMs * (keepalive.count + 1)} ms`),
        ),
    });
    socket.on("data", (bytes: Buffer) => this.#receive(bytes));
    socket.on("error", (error) => this.#end(this.#lost("closed", error.message, error)));
    socket.on("close", () => this.#end(this.#lost("closed", this.#endOfStream())));
  }

  /**
   * Connects, is greeted, and has the server open its hypervisor.
   *
   * @throws LinkError; LibvirtError where the server opens nothing of that URI; the signal's reason.
   */
  static async open(
    options: ConnectionOptions,
    onEvent: (event: DomainEvent) => void = () => undefined,
    signal?: AbortSignal,
  ): Promise<Connection> {
    const timeoutMs = options.openTimeoutMs ?? defaults.openTimeoutMs;
    const name = addressText(options.address);
    const timeUp = new AbortController();
    const cancel = options.clock.timer(timeoutMs, () =>
      timeUp.abort(new LinkError("timeout", `${name} did not let us in within ${timeoutMs} ms`)),
    );
    const within = signal === undefined ? timeUp.signal : AbortSignal.any([signal, timeUp.signal]);
    try {
      within.throwIfAborted();
      const socket = await openTransport(options.address, within);
      const connection = new Connection(socket, options, onEvent);
      try {
        await connection.#greet(options, within);
      } catch (error) {
        connection.drop();
        throw error;
      }
      return connection;
    } finally {
      cancel();
    }
  }

  /** Aborted when the connection has ended; the reason is a `LinkError`. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** A call would be sent at once. */
  get hasRoom(): boolean {
    return !this.#closed.signal.aborted && this.#pending.hasRoom;
  }

  /** The server works on nothing that came over it. */
  get isIdle(): boolean {
    return this.#pending.isIdle;
  }

  /**
   * Calls and waits for the answer.
   *
   * @throws LibvirtError: libvirt said no. LinkError: no answer is known. RangeError: the arguments cannot be sent, and
   * nothing was. The signal's reason.
   */
  async call<Args, Result>(
    procedure: Procedure<Args, Result>,
    args: Args,
    options: CallOptions = {},
  ): Promise<Result> {
    options.signal?.throwIfAborted();
    this.#closed.signal.throwIfAborted();
    const out = new XdrWriter();
    procedure.encode(out, args);
    const payload = out.bytes();
    if (payload.length > maxPayloadBytes) {
      throw new RangeError(`${payload.length} bytes are more than libvirt takes in one message`);
    }
    const reply = await this.#exchange(procedure, payload, options);
    return this.#understand(procedure, reply);
  }

  /** Says goodbye where it is heard, briefly. Calls under way end with `closed`. */
  async close(): Promise<void> {
    if (this.hasRoom) {
      await this.call(connectProcedures.connectClose, null, { timeoutMs: goodbyeMs }).catch(() => undefined);
    }
    this.#end(this.#lost("closed", "it was closed here"));
  }

  /** Ends it at once. The server goes on with what it works on. */
  drop(): void {
    this.#end(this.#lost("closed", "it was dropped here"));
  }

  async #greet({ serverUri, keepalive }: ConnectionOptions, signal: AbortSignal): Promise<void> {
    const options = { signal, timeoutMs: null };
    const offered = await this.call(connectProcedures.authList, null, options);
    if (offered.length > 0 && !offered.includes(authentications.none)) {
      throw new LinkError("authentication", `${this.#name} wants authentication that this client has not`);
    }
    // The server sends no keepalive before it was asked about it.
    const canKeepalive = await this.call(connectProcedures.supportsFeature, features.keepalive, options);
    await this.call(connectProcedures.connectOpen, { uri: serverUri, flags: 0 }, options);
    if (keepalive !== null && canKeepalive) this.#keepalive.start();
  }

  #exchange<Args, Result>(
    { name, number }: Procedure<Args, Result>,
    payload: Buffer,
    { signal, timeoutMs = defaultCallTimeoutMs }: CallOptions,
  ): Promise<Frame> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        cancel();
        signal?.removeEventListener("abort", onAbort);
      };
      const giveUp = (error: Error) => {
        settle();
        this.#pending.abandon(call);
        reject(error);
      };
      const call: PendingCall = {
        procedure: number,
        encode: (serial) =>
          encodeFrame({
            program: programs.remote,
            procedure: number,
            type: "call",
            serial,
            status: "ok",
            payload,
          }),
        answer: (reply) => {
          settle();
          resolve(reply);
        },
        fail: (error) => {
          settle();
          reject(error);
        },
        isAbandoned: false,
      };
      const onAbort = () => giveUp(signal?.reason instanceof Error ? signal.reason : new Error("aborted"));
      const cancel =
        timeoutMs === null
          ? () => undefined
          : this.#clock.timer(timeoutMs, () =>
              giveUp(new LinkError("timeout", `${this.#name}: no answer to ${name} within ${timeoutMs} ms`)),
            );
      signal?.addEventListener("abort", onAbort, { once: true });
      try {
        this.#pending.add(call);
      } catch (error) {
        giveUp(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  #understand<Args, Result>(procedure: Procedure<Args, Result>, reply: Frame): Result {
    const input = new XdrReader(reply.payload);
    try {
      if (reply.status !== "ok") {
        const error = readErrorReply(input);
        input.end();
        throw new LibvirtError(procedure.name, error);
      }
      const result = procedure.decode(input);
      input.end();
      return result;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const why = `an answer to ${procedure.name} that cannot be read: ${error.message}`;
      const failure = this.#lost("protocol", why, error);
      this.#end(failure);
      throw failure;
    }
  }

  #receive(bytes: Buffer): void {
    this.#keepalive.heard();
    try {
      for (const frame of this.#frames.push(bytes)) {
        if (this.#closed.signal.aborted) return;
        this.#dispatch(frame);
      }
    } catch (error) {
      if (!(error instanceof LinkError || error instanceof DecodeError)) throw error;
      this.#end(this.#lost("protocol", error.message, error));
    }
  }

  #dispatch(frame: Frame): void {
    if (frame.program === programs.keepalive) {
      this.#keepalive.receive(frame);
      return;
    }
    switch (frame.type) {
      case "reply": {
        this.#pending.receive(frame);
        return;
      }
      case "message": {
        const event = decodeEvent(frame.procedure, new XdrReader(frame.payload));
        if (event !== null) this.#onEvent(event);
        return;
      }
      case "call":
      case "stream":
        throw new LinkError("protocol", `a frame of type ${frame.type}, which nobody asked for`);
    }
  }

  #endOfStream(): string {
    return this.#frames.isBetweenFrames ? "the other side closed it" : "it ended in the middle of a frame";
  }

  #lost(code: "closed" | "protocol", why: string, cause?: Error): LinkError {
    return new LinkError(code, `lost ${this.#name}: ${why}`, { cause });
  }

  #end(error: LinkError): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort(error);
    this.#keepalive.stop();
    this.#socket.destroy();
    this.#pending.failAll(error);
  }
}
