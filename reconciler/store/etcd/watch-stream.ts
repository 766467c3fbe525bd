import type { IDuplexStream, IEvent, IWatchRequest, IWatchResponse } from "etcd3";
import type { Clock } from "../../model/clock.ts";
import { Bell } from "../bell.ts";
import type { Revision } from "../store.ts";
import type { Endpoint } from "./endpoints.ts";
import type { WireRange } from "./messages.ts";
import { requireLeader } from "./require-leader.ts";

export type StreamMessage =
  /** `response.events` are those of whole revisions, also where they came in several parts. */
  | { readonly kind: "response"; readonly response: IWatchResponse }
  | { readonly kind: "ended"; readonly cause: Error }
  /** More came than the reader took; what did not fit is lost. */
  | { readonly kind: "overflow" };

export interface WatchTimes {
  /** A stream that says nothing for so long is asked for a sign of life. */
  readonly silenceMs: number;
  /** One that gives no answer within this time has ended. */
  readonly answerMs: number;
}

export interface WatchStreamOptions {
  readonly clock: Clock;
  readonly times: WatchTimes;
  readonly range: WireRange;
  readonly after: Revision;
}

/** What waits for the reader at most, counted in bytes of keys and values. */
const maxWaitingBytes = 64 * 1024 * 1024;

type Stream = IDuplexStream<IWatchRequest, IWatchResponse>;

/** One watch on one stream to one member. */
export class WatchStream {
  readonly #clock: Clock;
  readonly #times: WatchTimes;
  readonly #stream: Stream;
  readonly #bell = new Bell();
  readonly #waiting: IWatchResponse[] = [];
  #waitingBytes = 0;
  #parts: IEvent[] = [];
  #created = false;
  #end: StreamMessage | null = null;

  static async open(endpoint: Endpoint, options: WatchStreamOptions): Promise<WatchStream> {
    return new WatchStream(
      await endpoint.client.watchClient.watch({ interceptors: [requireLeader] }),
      options,
    );
  }

  private constructor(stream: Stream, { clock, times, range, after }: WatchStreamOptions) {
    this.#clock = clock;
    this.#times = times;
    this.#stream = stream;
    stream.on("data", (response) => this.#take(response));
    stream.on("error", (cause) => this.#finish({ kind: "ended", cause }));
    stream.on("end", () => this.#finish({ kind: "ended", cause: new Error("the server ended the watch") }));
    stream.write({
      create_request: { ...range, start_revision: after + 1, progress_notify: true, fragment: true },
    });
  }

  /** The next message. One reader at a time; it never waits longer than the times allow. */
  async next(): Promise<StreamMessage> {
    const { silenceMs, answerMs } = this.#times;
    const first = await this.#nextWithin(this.#created ? silenceMs : answerMs);
    if (first !== null) return first;
    if (this.#created) {
      this.#stream.write({ progress_request: {} });
      const second = await this.#nextWithin(answerMs);
      if (second !== null) return second;
    }
    return { kind: "ended", cause: new Error("the server is silent") };
  }

  /** Safe to call twice; a reader that waits gets `ended`. */
  close(): void {
    this.#finish({ kind: "ended", cause: new Error("the watch was closed") });
  }

  async #nextWithin(timeoutMs: number): Promise<StreamMessage | null> {
    let over = false;
    const cancel = this.#clock.timer(timeoutMs, () => {
      over = true;
      this.#bell.ring();
    });
    try {
      for (;;) {
        const response = this.#waiting.shift();
        if (response !== undefined) {
          this.#waitingBytes -= bytesOf(response);
          return { kind: "response", response };
        }
        if (this.#end !== null || over) return this.#end;
        await this.#bell.wait();
      }
    } finally {
      cancel();
    }
  }

  #take(response: IWatchResponse): void {
    if (this.#end !== null) return;
    this.#created ||= response.created;
    this.#parts = this.#parts.concat(response.events);
    if (response.fragment) return;
    const whole = { ...response, events: this.#parts };
    this.#parts = [];
    this.#waiting.push(whole);
    this.#waitingBytes += bytesOf(whole);
    if (this.#waitingBytes > maxWaitingBytes) this.#finish({ kind: "overflow" });
    this.#bell.ring();
  }

  #finish(end: StreamMessage): void {
    if (this.#end !== null) return;
    this.#end = end;
    this.#bell.ring();
    // With its sending side closed, etcd3 does not take the end of this stream for a failure of the connection.
    this.#stream.end();
    this.#stream.cancel();
  }
}

function bytesOf(response: IWatchResponse): number {
  return response.events.reduce((sum, { kv }) => sum + kv.key.length + kv.value.length, 0);
}
