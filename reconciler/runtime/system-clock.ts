import type { Clock } from "../model/clock.ts";
import { abortReason } from "../model/thrown.ts";

/** As long as the machine's timers can be; what is longer would ring at once. */
const longestMs = 2 ** 31 - 1;

/** The machine's own clock. What is waited for longer than 24 days rings then. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => Number(process.hrtime.bigint()) / 1e6,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(abortReason(signal));
        return;
      }
      const onAbort = () => {
        clearTimeout(handle);
        if (signal !== undefined) reject(abortReason(signal));
      };
      const handle = setTimeout(
        () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
        Math.min(ms, longestMs),
      );
      signal?.addEventListener("abort", onAbort, { once: true });
    }),
  timer: (ms, callback) => {
    const handle = setTimeout(callback, Math.min(ms, longestMs));
    return () => {
      clearTimeout(handle);
    };
  },
};
