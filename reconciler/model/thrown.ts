/** What was thrown may be anything. */

/** For people. */
export function messageOf(thrown: unknown): string {
  return asError(thrown).message;
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** What a promise is rejected with that was aborted. */
export function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error("aborted");
}
