/**
 * A reader of a store as a process of its own, so that its memory is its own: `node watch-reader-process.js ENDPOINT
 * PREFIX`. For each revision on its standard input it says, once it has reached it, what it knows.
 */
import { argv, resourceUsage, stdin, stdout } from "node:process";
import { createInterface } from "node:readline";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { connectStore } from "../../reconciler/store/etcd/etcd-store.ts";
import { StoreWatcher, viewDigest } from "./store-watcher.ts";

const [, , endpoint = "", prefix = ""] = argv;
const store = connectStore({ endpoints: [endpoint], clock: systemClock, silenceMs: 500 });
const watcher = new StoreWatcher(store, prefix, false);

for await (const line of createInterface({ input: stdin })) {
  await watcher.reached(Number(line));
  const { relists, view } = watcher;
  // In KiB, at most, since the process began.
  const peakBytes = resourceUsage().maxRSS * 1024;
  stdout.write(`${JSON.stringify({ relists, digest: viewDigest(view), peakBytes })}\n`);
}
await watcher.close();
await store.close();
