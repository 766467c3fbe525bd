import { encodeFrame, type Frame, programs } from "../protocol/frame.ts";
import type { TimeSource } from "../time-source.ts";

/** Procedures of the keepalive program. */
const ping = 1;
const pong = 2;

export interface KeepaliveOptions {
  /** Silence for so long is answered with a question. */
  readonly intervalMs: number;
  /** So many questions without any sign of life, and the other side counts as gone. */
  readonly count: number;
}

/** A peer that is cut off or frozen closes nothing: only its silence tells. */
export class Keepalive {
  readonly #clock: TimeSource;
  readonly #options: KeepaliveOptions;
  readonly #send: (bytes: Buffer) => void;
  readonly #onSilent: () => void;
  #unanswered = 0;
  #heardAt = 0;
  #cancel: (() => void) | null = null;

  constructor(
    clock: TimeSource,
    options: KeepaliveOptions,
    on: { readonly send: (bytes: Buffer) => void; readonly silent: () => void },
  ) {
    this.#clock = clock;
    this.#options = options;
    this.#send = on.send;
    this.#onSilent = on.silent;
  }

  start(): void {
    this.#heardAt = this.#clock.monotonic();
    this.#wait(this.#options.intervalMs);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** Something came, whatever it was. */
  heard(): void {
    this.#heardAt = this.#clock.monotonic();
    this.#unanswered = 0;
  }

  /** A frame of the keepalive program. */
  receive(frame: Frame): void {
    if (frame.procedure === ping) this.#send(message(pong));
  }

  #wait(ms: number): void {
    this.#cancel = this.#clock.timer(ms, () => this.#look());
  }

  #look(): void {
    const { intervalMs, count } = this.#options;
    const quiet = this.#clock.monotonic() - this.#heardAt;
    if (this.#unanswered === 0 && quiet < intervalMs) {
      this.#wait(intervalMs - quiet);
      return;
    }
    if (this.#unanswered >= count) {
      this.#cancel = null;
      this.#onSilent();
      return;
    }
    this.#unanswered += 1;
    this.#send(message(ping));
    this.#wait(intervalMs);
  }
}

function message(procedure: number): Buffer {
  return encodeFrame({
    program: programs.keepalive,
    procedure,
    type: "message",
    serial: 0,
    status: "ok",
    payload: Buffer.alloc(0),
  });
}
