import type { CallOptions } from "@grpc/grpc-js";
import type { Etcd3 } from "etcd3";
import type { Clock } from "../../model/clock.ts";
import { StoreError } from "../store.ts";
import type { Endpoints } from "./endpoints.ts";
import { failureOf, plainText } from "./failure.ts";

type Call<T> = (client: Etcd3, options: CallOptions) => Promise<T>;

/**
 * Calls with one answer. Each try ends after `requestTimeoutMs`; a call that must be tried elsewhere ends at the latest
 * after that time for each endpoint. Throws a `StoreError` only.
 */
export class Calls {
  readonly #endpoints: Endpoints;
  readonly #clock: Clock;
  readonly #requestTimeoutMs: number;

  constructor(endpoints: Endpoints, clock: Clock, requestTimeoutMs: number) {
    this.#endpoints = endpoints;
    this.#clock = clock;
    this.#requestTimeoutMs = requestTimeoutMs;
  }

  /** For what may be done twice: tried at every endpoint, and twice where there is one and time is left. */
  repeatable<T>(call: Call<T>): Promise<T> {
    return this.#try(call, true);
  }

  /** For what must not be done twice: tried again only where it certainly was not done. */
  once<T>(call: Call<T>): Promise<T> {
    return this.#try(call, false);
  }

  async #try<T>(call: Call<T>, repeatable: boolean): Promise<T> {
    const { length } = this.#endpoints.all;
    const endsAt = this.#clock.monotonic() + length * this.#requestTimeoutMs;
    // Taken before the first try: a failure changes who is asked first.
    const inTurn = Array.from({ length: Math.max(2, length) }, (_, n) => this.#endpoints.nth(n));
    let last = new Error("no time was left to ask");
    for (const endpoint of inTurn) {
      const leftMs = Math.min(this.#requestTimeoutMs, endsAt - this.#clock.monotonic());
      if (leftMs <= 0) break;
      try {
        return await call(endpoint.client, { deadline: this.#clock.now() + leftMs });
      } catch (thrown) {
        const failure = failureOf(thrown);
        if (failure.kind === "refused") throw failure.error;
        this.#endpoints.avoid(endpoint);
        last = failure.cause;
        if (failure.kind === "unknown" && !repeatable) throw this.#ambiguous(last);
      }
    }
    throw this.#unreachable(last);
  }

  #ambiguous(cause: Error): StoreError {
    const text = `the store at ${this.#endpoints.addresses} did not say whether it wrote: ${plainText(cause)}`;
    return new StoreError("ambiguous", text, { cause });
  }

  #unreachable(cause: Error): StoreError {
    // The cause in plain words too: who names the store in words of their own shows only that.
    const why = new Error(plainText(cause), { cause });
    const text = `the store at ${this.#endpoints.addresses} cannot be reached: ${why.message}`;
    return new StoreError("unreachable", text, { cause: why });
  }
}
