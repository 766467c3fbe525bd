/**
 * Time as the shells see it. The pure parts take `now` as a value. The simulator's clock is virtual, so nothing else
 * in the tree may call `Date.now` or `setTimeout`.
 */
export interface Clock {
  /** Epoch milliseconds; may jump when the machine's clock is set. Only for what people read and for expiry dates. */
  now(): number;
  /**
   * Milliseconds since the machine's boot, which only grow; for leases, graces and time-outs. The same for all processes
   * of a machine, so that a process may go on where a former one was killed.
   */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back once after `ms`; the returned function cancels. */
  timer(ms: number, callback: () => void): () => void;
}
