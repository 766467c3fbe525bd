import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import process from "node:process";
import { exitCodes, KeelError } from "../reconciler/model/errors.ts";
import { systemClock } from "../reconciler/runtime/system-clock.ts";
import { partVariable } from "./processes/launch.ts";
import type { Output, World } from "./world.ts";

/** A part whose parent is gone has this long to end by itself. */
const orphanMs = 2_000;

/** This process. To be called once: it listens for the signals that end a command. */
export function processWorld(): World {
  return {
    env: process.env,
    cwd: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    clock: systemClock,
    random: randomBytes,
    user: userName(),
    ended: endSignal(process.env[partVariable] !== undefined && process.connected),
    unread: unreadSignal(process.stdout, process.stderr),
    tellParent: (message) => {
      if (process.connected) process.send?.(message);
    },
  };
}

/**
 * A second Ctrl-C ends at once, whatever is still being put away. A part of `keel up` also ends when its parent does,
 * however that came about: then the channel between them breaks.
 */
function endSignal(isPart: boolean): AbortSignal {
  const ending = new AbortController();
  const end = (by: string): void => {
    ending.abort(new KeelError("interrupted", { by }));
  };
  process.on("SIGTERM", end);
  process.on("SIGHUP", end);
  process.on("SIGINT", (signal) => {
    if (ending.signal.aborted) process.exit(exitCodes.interrupted);
    end(signal);
  });
  if (isPart) {
    process.once("disconnect", () => {
      end("the end of its parent");
      setTimeout(() => process.exit(exitCodes.error), orphanMs).unref();
    });
    // Waiting for that alone keeps no process alive.
    process.channel?.unref();
  }
  return ending.signal;
}

function unreadSignal(stdout: Output, stderr: Output): AbortSignal {
  const unread = new AbortController();
  stdout.on("error", () => {
    unread.abort(new KeelError("interrupted"));
  });
  // Where nobody hears complaints there is nobody to complain to.
  stderr.on("error", () => undefined);
  return unread.signal;
}

/** Behind `sudo` it is a person, not root, who is to be named. */
function userName(): string {
  const behind = process.env["SUDO_USER"];
  if (behind !== undefined && behind !== "") return behind;
  try {
    return userInfo().username;
  } catch {
    return `uid-${String(process.getuid?.() ?? "unknown")}`;
  }
}
