import { connect, type Socket } from "node:net";
import type { Clock } from "../../../../reconciler/model/clock.ts";
import { decode, encode } from "../../../../reconciler/store/codec.ts";
import { HypervisorError } from "../../hypervisor.ts";
import { Lines } from "./lines.ts";
import { type CallName, type Gives, messageLimit, type Notice, type Reply, type Takes } from "./protocol.ts";
import { abortReason, messageOf } from "../../../../reconciler/model/thrown.ts";

/** Booting a guest is the longest call by far. */
const callDeadlineMs = 30_000;
const connectDeadlineMs = 5_000;

/** One connection to a host, from its opening to its end; it never opens again. */
export class Connection {
  readonly #socket: Socket;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  readonly #pending = new Map<number, (line: string | HypervisorError) => void>();
  readonly #lines = new Lines(messageLimit);
  readonly #onNotice: () => void;
  #calls = 0;

  private constructor(socket: Socket, path: string, clock: Clock, onNotice: () => void) {
    this.#socket = socket;
    this.#path = path;
    this.#clock = clock;
    this.#onNotice = onNotice;
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => this.#receive(text));
    socket.on("error", (error) => this.#end(error.message));
    socket.on("close", () => this.#end("it was closed"));
  }

  /** @throws HypervisorError `unreachable` */
  static open(path: string, clock: Clock, onNotice: () => void = () => undefined): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      const fail = (why: string) => {
        cancel();
        socket.destroy();
        reject(new HypervisorError("unreachable", `no simulated host answers at ${path}: ${why}`));
      };
      const cancel = clock.timer(connectDeadlineMs, () => fail("it took too long"));
      const onError = (error: Error) => fail(error.message);
      socket.once("error", onError);
      socket.once("connect", () => {
        cancel();
        socket.off("error", onError);
        resolve(new Connection(socket, path, clock, onNotice));
      });
    });
  }

  /** Aborted when the connection has ended. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /**
   * Asks and waits for the answer. An abort ends the waiting only: what was asked for may still be done.
   *
   * @throws HypervisorError the host's own, or `unreachable`: nothing is known.
   */
  async call<K extends CallName>(call: K, takes: Takes<K>, signal?: AbortSignal): Promise<Gives<K>> {
    signal?.throwIfAborted();
    const line = await this.#exchange(call, takes, signal);
    const reply = decode<Reply<K>>({ key: this.#path, value: line });
    if ("error" in reply) throw new HypervisorError(reply.error.code, reply.error.message);
    return reply.gives;
  }

  close(): void {
    this.#end("it was closed here");
  }

  #exchange<K extends CallName>(call: K, takes: Takes<K>, signal?: AbortSignal): Promise<string> {
    if (this.#closed.signal.aborted) throw this.#unreachable("the connection has ended");
    this.#calls += 1;
    const id = this.#calls;
    return new Promise((resolve, reject) => {
      const settle = (answer: string | Error) => {
        cancel();
        signal?.removeEventListener("abort", onAbort);
        this.#pending.delete(id);
        if (typeof answer === "string") resolve(answer);
        else reject(answer);
      };
      const onAbort = () => settle(abortReason(signal));
      const cancel = this.#clock.timer(callDeadlineMs, () =>
        settle(this.#unreachable(`no answer to ${call} in time`)),
      );
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#pending.set(id, settle);
      this.#socket.write(`${encode({ id, call, takes })}\n`);
    });
  }

  #receive(text: string): void {
    try {
      for (const line of this.#lines.push(text)) {
        const { id } = decode<{ readonly id: number } | Notice>({ key: this.#path, value: line });
        if (id === null) this.#onNotice();
        else this.#pending.get(id)?.(line);
      }
    } catch (error) {
      this.#end(messageOf(error));
    }
  }

  #end(why: string): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    this.#socket.destroy();
    for (const settle of [...this.#pending.values()]) settle(this.#unreachable(why));
  }

  #unreachable(why: string): HypervisorError {
    return new HypervisorError("unreachable", `lost the simulated host at ${this.#path}: ${why}`);
  }
}
