import { LinkError } from "../errors.ts";
import type { Frame } from "../protocol/frame.ts";

/** One call, from when it is asked for until its answer came or nobody waits for one. */
export interface PendingCall {
  readonly procedure: number;
  /** The frame to send, once it is this call's turn. */
  readonly encode: (serial: number) => Buffer;
  readonly answer: (reply: Frame) => void;
  readonly fail: (error: Error) => void;
  /** Its caller has gone. It stays until its answer came: the server works on it all the same. */
  isAbandoned: boolean;
}

const largestSerial = 0xffff_ffff;

/**
 * The calls of one connection. The server takes on so many at a time and then reads nothing more, not even a
 * keepalive; so the rest waits here, in the order in which it came.
 */
export class PendingCalls {
  readonly #inFlightLimit: number;
  readonly #waitingLimit: number;
  readonly #send: (bytes: Buffer) => void;
  readonly #inFlight = new Map<number, PendingCall>();
  #waiting: PendingCall[] = [];
  #lastSerial = 0;

  constructor(
    limits: { readonly inFlight: number; readonly waiting: number },
    send: (bytes: Buffer) => void,
  ) {
    this.#inFlightLimit = limits.inFlight;
    this.#waitingLimit = limits.waiting;
    this.#send = send;
  }

  get hasRoom(): boolean {
    return this.#waiting.length === 0 && this.#inFlight.size < this.#inFlightLimit;
  }

  /** The server owes no answer, nobody waits to ask. */
  get isIdle(): boolean {
    return this.#waiting.length === 0 && this.#inFlight.size === 0;
  }

  /** @throws LinkError `overloaded`; RangeError where its arguments cannot be sent. */
  add(call: PendingCall): void {
    if (this.#waiting.length >= this.#waitingLimit) {
      throw new LinkError("overloaded", `${this.#waiting.length} calls wait already`);
    }
    this.#waiting.push(call);
    this.#sendNext();
  }

  /** Nobody waits for its answer any more. */
  abandon(call: PendingCall): void {
    call.isAbandoned = true;
    this.#waiting = this.#waiting.filter((waiting) => waiting !== call);
  }

  /** @throws LinkError `protocol` */
  receive(reply: Frame): void {
    const call = this.#inFlight.get(reply.serial);
    if (call === undefined)
      throw new LinkError("protocol", `a reply to no call, with serial ${reply.serial}`);
    if (call.procedure !== reply.procedure) {
      throw new LinkError(
        "protocol",
        `a reply of procedure ${reply.procedure} to a call of ${call.procedure}`,
      );
    }
    this.#inFlight.delete(reply.serial);
    this.#sendNext();
    if (!call.isAbandoned) call.answer(reply);
  }

  failAll(error: Error): void {
    const calls = [...this.#inFlight.values(), ...this.#waiting];
    this.#inFlight.clear();
    this.#waiting = [];
    for (const call of calls) if (!call.isAbandoned) call.fail(error);
  }

  #sendNext(): void {
    while (this.#inFlight.size < this.#inFlightLimit) {
      const call = this.#waiting.shift();
      if (call === undefined) return;
      const serial = this.#nextSerial();
      this.#inFlight.set(serial, call);
      this.#send(call.encode(serial));
    }
  }

  #nextSerial(): number {
    do {
      this.#lastSerial = this.#lastSerial === largestSerial ? 1 : this.#lastSerial + 1;
    } while (this.#inFlight.has(this.#lastSerial));
    return this.#lastSerial;
  }
}
