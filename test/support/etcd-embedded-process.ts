/** An embedded server as a process of its own, for tests that kill it: `node etcd-embedded-process.js DIRECTORY SOCKET`. */
import { randomBytes } from "node:crypto";
import { argv, stdout } from "node:process";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { startEmbeddedServer } from "../../reconciler/store/embedded/server.ts";

const [, , directory = "", socketPath = ""] = argv;

await startEmbeddedServer({
  directory,
  socketPath,
  clock: systemClock,
  randomBytes,
  maxLogBytes: 20_000,
  report: (notice) => stdout.write(`${notice.kind}\n`),
});
stdout.write("ready\n");
