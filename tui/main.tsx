/** The terminal UI as one call. Ink and React are loaded when it is used, so that other commands need not wait for them. */
import process from "node:process";
import type { TuiOptions } from "./ports.ts";
import type * as shell from "./shell.tsx";

/**
 * Shows the cluster until the user leaves or `signal` is aborted. It owns the terminal meanwhile. Rejects if drawing
 * fails. The streams must be terminals; without one there is nothing to show.
 */
export async function runTui(options: TuiOptions, signal?: AbortSignal): Promise<void> {
  // From the first moment on: the terminal would echo early keys into the first frame.
  options.stdin.setRawMode(true);
  try {
    const { runShell } = await loadShell();
    await runShell(options, signal);
  } finally {
    options.stdin.setRawMode(false);
  }
}

/** React looks at NODE_ENV while it is loaded; its development checks would make up half of each frame. */
export async function loadShell(): Promise<typeof shell> {
  const before = process.env["NODE_ENV"];
  process.env["NODE_ENV"] ??= "production";
  try {
    return await import("./shell.tsx");
  } finally {
    if (before === undefined) delete process.env["NODE_ENV"];
  }
}
