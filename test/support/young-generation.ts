/**
 * Preloaded into a program: as that ends, objects are made until the young generation is as large as it may become, and
 * its size is told on standard error.
 */
import { writeSync } from "node:fs";
import process from "node:process";
import { getHeapSpaceStatistics } from "node:v8";

/** As many live at once as make V8 want a larger one. */
const living = 20_000;
const made = 500_000;

process.once("exit", () => {
  const kept: object[] = [];
  let most = 0;
  for (let each = 0; each < made; each++) {
    kept[each % living] = { each, more: [each, String(each)] };
    if (each % living === 0) most = Math.max(most, youngBytes());
  }
  writeSync(2, `young generation: ${most} bytes\n`);
});

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space")?.space_size ?? 0;
}
