export type Task = (signal: AbortSignal) => Promise<void>;

/**
 * Runs tasks that belong together: when one of them ends, or `signal` is aborted, all are asked to end. Returns when
 * all have. Throws the first error of a task, unless that was but the echo of the signal.
 */
export async function together(tasks: readonly Task[], signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const failures: unknown[] = [];
  const running = tasks.map(async (task) => {
    try {
      await task(until);
    } catch (error) {
      if (!until.aborted) failures.push(error);
    } finally {
      over.abort();
    }
  });
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}
