/** Time as this client needs it, so that a test can be its clock. */
export interface TimeSource {
  /** Milliseconds that only grow. */
  monotonic(): number;
  /** Calls back once after `ms`; the returned function cancels. */
  timer(ms: number, callback: () => void): () => void;
}
