import { systemClock } from "../../reconciler/runtime/system-clock.ts";

/** Far more than anything takes, on the slowest machine. */
const patienceMs = 120_000;
/** What is looked at tells nobody that it changed. */
const lookEveryMs = 50;

/** Resolves once it is so, as far as one can only look. `is`: how it is, for a test that fails. */
export async function untilSeen(
  what: string,
  holds: () => Promise<boolean>,
  is: () => Promise<string> = () => Promise.resolve(""),
): Promise<void> {
  const giveUpAt = systemClock.monotonic() + patienceMs;
  while (!(await holds())) {
    if (systemClock.monotonic() > giveUpAt)
      throw new Error(`it did not come to pass within ${patienceMs} ms: ${what}\n${await is()}`);
    await systemClock.sleep(lookEveryMs);
  }
}
