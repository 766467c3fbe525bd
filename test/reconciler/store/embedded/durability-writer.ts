/**
 * A process to be killed: `node durability-writer.js DIRECTORY MAX-LOG-BYTES`. It goes on with the list of writes where
 * the store left off, some at once, and tells on its output: `sent N` before, `done N` once acknowledged.
 */
import { writeSync } from "node:fs";
import { argv } from "node:process";
import { systemClock } from "../../../../reconciler/runtime/system-clock.ts";
import { Journal } from "../../../../reconciler/store/embedded/journal.ts";
import { recover } from "../../../../reconciler/store/embedded/recovery.ts";
import { carryOutWrite, writesIn } from "./durability-writes.ts";

const [, , directory = "", maxLogBytes = ""] = argv;

const recovered = await recover({
  directory,
  clock: systemClock,
  newStoreId: () => "42",
  newLeaseId: () => "1",
});
const journal = new Journal({
  ...recovered,
  directory,
  maxLogBytes: Number(maxLogBytes),
  onFailure: (error) => {
    throw error;
  },
});
const { core } = recovered;

for (let n = writesIn(core); ;) {
  const acknowledged: Promise<void>[] = [];
  for (let together = 1 + (n % 5); together > 0; together -= 1) {
    n += 1;
    const number = n;
    tell(`sent ${number}\n`);
    carryOutWrite(core, number);
    acknowledged.push(journal.flushed().then(() => tell(`done ${number}\n`)));
    // Some of them go to the disk while others are being synced.
    if (number % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(acknowledged);
}

/** Written when it returns, however slowly the other side reads: nothing waits in this process, which will be killed. */
function tell(line: string): void {
  for (let rest = Buffer.from(line); rest.length > 0;) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
    }
  }
}
