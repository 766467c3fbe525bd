import type { Clock } from "../model/clock.ts";
import { KeelError } from "../model/errors.ts";

/** What `work` resolves to. Its signal is aborted once the time is over. @throws KeelError `timed-out` */
export async function within<T>(
  clock: Clock,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const over = Promise.withResolvers<never>();
  const cancel = clock.timer(ms, () => {
    const error = new KeelError("timed-out", { seconds: ms / 1000 });
    late.abort(error);
    over.reject(error);
  });
  try {
    return await Promise.race([work(late.signal), over.promise]);
  } finally {
    cancel();
  }
}
