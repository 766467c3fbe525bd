/** Wrong tokens, counted by where they come from, so that nobody tries them by the thousand. */
import { KeelError } from "../model/errors.ts";

const failuresMax = 10;
const windowMs = 60_000;
/** More than that are from everywhere; the oldest are forgotten. */
const addressesMax = 10_000;

export class Failures {
  readonly #now: () => number;
  readonly #byAddress = new Map<string, { readonly since: number; count: number }>();

  /** `now`: monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @throws KeelError `too-many-failures` where no more are taken from there for now */
  check(address: string): void {
    const known = this.#current(address);
    if (known === null || known.count < failuresMax) return;
    const seconds = Math.max(1, Math.ceil((known.since + windowMs - this.#now()) / 1000));
    throw new KeelError("too-many-failures", { address, seconds });
  }

  note(address: string): void {
    const known = this.#current(address);
    if (known !== null) {
      known.count += 1;
      return;
    }
    const [oldest] = this.#byAddress.keys();
    if (this.#byAddress.size >= addressesMax && oldest !== undefined) this.#byAddress.delete(oldest);
    this.#byAddress.set(address, { since: this.#now(), count: 1 });
  }

  #current(address: string): { readonly since: number; count: number } | null {
    const known = this.#byAddress.get(address);
    if (known === undefined) return null;
    if (this.#now() - known.since < windowMs) return known;
    this.#byAddress.delete(address);
    return null;
  }
}
