/** A program in a real terminal: tmux of its own, 80 columns by 24 rows, keys in and screens out. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { promisify } from "node:util";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";

const run = promisify(execFile);
/** Between two looks at the screen: tmux has no way to tell that it changed. */
const lookMs = 50;
const patienceMs = 60_000;

/**
 * Runs the program and writes its exit status down: tmux itself may miss the end of one, and then never tells it. Ctrl-C
 * is the program's; the shell goes on to see what it makes of it.
 */
const writingStatus = 'trap : INT; "$@"; echo $? >"$0"';

export class TerminalScreen {
  readonly #socket: string;
  readonly #statusFile: string;

  private constructor(folder: string) {
    this.#socket = join(folder, "tmux");
    this.#statusFile = join(folder, "status");
  }

  static async open(
    test: TestContext,
    command: readonly string[],
    options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
  ): Promise<TerminalScreen> {
    const folder = mkdtempSync(join(tmpdir(), "keel-tmux-"));
    const screen = new TerminalScreen(folder);
    test.after(async () => {
      await screen.#tmux("kill-server").catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    });
    const env = Object.entries(options.env ?? {}).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
    const size = ["-x", "80", "-y", "24"];
    await screen.#tmux(
      "-f",
      "/dev/null",
      "new-session",
      "-d",
      "-c",
      options.cwd,
      ...size,
      ...env,
      "sh",
      "-c",
      writingStatus,
      screen.#statusFile,
      ...command,
    );
    await screen.#tmux("set-option", "-g", "remain-on-exit", "on");
    return screen;
  }

  /** Types text as it is. */
  async type(text: string): Promise<void> {
    await this.#tmux("send-keys", "-l", "--", text);
  }

  /** Presses a key by tmux's name for it: `Enter`, `Escape`, `C-c`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux("send-keys", ...keys);
  }

  /** What is on the screen now, 24 lines. */
  async read(): Promise<string> {
    const { stdout } = await this.#tmux("capture-pane", "-p");
    return stdout;
  }

  /** The first screen that shows all of this. */
  shows(...patterns: readonly RegExp[]): Promise<string> {
    return this.#seen(patterns, []);
  }

  /** The first screen that shows the one and not the other. */
  showsWithout(pattern: RegExp, absent: RegExp): Promise<string> {
    return this.#seen([pattern], [absent]);
  }

  /** The exit status of the program, once it has ended. */
  async ends(): Promise<number> {
    const until = systemClock.monotonic() + patienceMs;
    for (;;) {
      const status = existsSync(this.#statusFile) ? readFileSync(this.#statusFile, "utf8") : "";
      if (status.endsWith("\n")) return Number(status);
      assert.ok(systemClock.monotonic() < until, `it does not end:\n${await this.read()}`);
      await systemClock.sleep(lookMs);
    }
  }

  async #seen(patterns: readonly RegExp[], absent: readonly RegExp[]): Promise<string> {
    const until = systemClock.monotonic() + patienceMs;
    for (;;) {
      const screen = await this.read();
      const isThere = patterns.every((pattern) => pattern.test(screen));
      if (isThere && !absent.some((pattern) => pattern.test(screen))) return screen;
      assert.ok(systemClock.monotonic() < until, `never seen: ${patterns.join(" ")}\n${screen}`);
      await systemClock.sleep(lookMs);
    }
  }

  #tmux(...args: readonly string[]): Promise<{ readonly stdout: string }> {
    return run("tmux", ["-u", "-S", this.#socket, ...args]);
  }
}
