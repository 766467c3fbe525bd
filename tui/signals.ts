/** Signals that stop, continue or end the process while the terminal is ours. */
import { once } from "node:events";
import process from "node:process";
import type { Clock } from "../reconciler/model/clock.ts";

export interface SignalOptions {
  readonly clock: Clock;
  /** Draws everything anew. */
  readonly redraw: () => Promise<void>;
  /** Gives the terminal away while the callback lasts. */
  readonly handOver: (meanwhile: () => Promise<void>) => Promise<void>;
  /** Gives the terminal back for good. */
  readonly leave: () => void;
}

export interface SignalFollower {
  /** What Ctrl-Z does: the whole foreground job stops, and goes on with `fg`. */
  readonly suspend: () => Promise<void>;
  readonly close: () => void;
}

/** A job that nobody can continue is not stopped by the kernel; then there is no SIGCONT to wait for. */
const longestWaitForContinueMs = 500;

/**
 * SIGTSTP stops with the terminal given back; SIGCONT, also after a SIGSTOP that nobody saw coming, draws anew; a crash
 * gives the terminal back before its message is printed. Signals that end the process are left to the command line.
 */
export function followSignals({ clock, redraw, handOver, leave }: SignalOptions): SignalFollower {
  let isStopping = false;
  const onStop = () => void suspend();
  const onContinue = () => {
    if (!isStopping) void redraw();
  };
  process.on("SIGTSTP", onStop);
  process.on("SIGCONT", onContinue);
  process.on("uncaughtExceptionMonitor", leave);

  async function suspend(): Promise<void> {
    if (isStopping) return;
    isStopping = true;
    try {
      await handOver(stopUntilContinued);
    } finally {
      isStopping = false;
    }
  }

  async function stopUntilContinued(): Promise<void> {
    const patience = new AbortController();
    const continued = once(process, "SIGCONT", { signal: patience.signal }).catch(() => undefined);
    process.off("SIGTSTP", onStop);
    process.kill(0, "SIGTSTP");
    const cancel = clock.timer(longestWaitForContinueMs, () => {
      patience.abort();
    });
    await continued;
    cancel();
    process.on("SIGTSTP", onStop);
  }

  return {
    suspend,
    close: () => {
      process.off("SIGTSTP", onStop);
      process.off("SIGCONT", onContinue);
      process.off("uncaughtExceptionMonitor", leave);
    },
  };
}
