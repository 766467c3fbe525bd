import { KeelError } from "../../reconciler/model/errors.ts";
import { abortable } from "../until-aborted.ts";

/** More than any number of people and programs that edit one cluster at a time. */
const waitingMax = 64;

/** Changes, one after the other: each sees what the one before it left. */
export class OneByOne {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** @throws KeelError `overloaded` where too many wait already; the signal's reason, where it comes first */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= waitingMax) throw new KeelError("overloaded", { count: this.#waiting });
    this.#waiting += 1;
    const before = this.#last;
    const done = Promise.withResolvers<null>();
    this.#last = before.then(() => done.promise);
    try {
      await abortable(before, signal);
      return await work();
    } finally {
      this.#waiting -= 1;
      done.resolve(null);
    }
  }
}
