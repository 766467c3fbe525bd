import type { Clock } from "../../model/clock.ts";
import { unreachable } from "../../model/unreachable.ts";
import type { Revision, WatchEvent } from "../store.ts";
import type { Endpoint, Endpoints } from "./endpoints.ts";
import { prefixRange } from "./messages.ts";
import { meaningOf, meaningOfEnd } from "./watch-message.ts";
import { WatchStream, type WatchTimes } from "./watch-stream.ts";

export interface WatchOptions {
  readonly endpoints: Endpoints;
  readonly clock: Clock;
  readonly prefix: string;
  readonly after: Revision;
  readonly times: WatchTimes;
}

/** Pauses between two streams that failed. */
const firstPauseMs = 100;
const longestPauseMs = 2_000;

interface Progress {
  /** All changes up to this revision were given out. */
  position: Revision;
  /** Streams that failed since one last worked. */
  failures: number;
}

/**
 * Changes in order and once each, over as many streams as it takes: the next one goes on where the last one ended, at
 * another member where there is one. Returns after a `relist`, and when `signal` is aborted.
 */
export async function* watchPrefix(
  options: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent, void, undefined> {
  const { endpoints, clock } = options;
  const progress = { position: options.after, failures: 0 };
  while (!signal.aborted) {
    const endpoint = endpoints.nth(0);
    const end = yield* watchAt(endpoint, options, progress, signal);
    if (end === "done") return;
    endpoints.avoid(endpoint);
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** progress.failures);
    progress.failures += 1;
    await clock.sleep(pauseMs, signal).catch(() => undefined);
  }
}

/** Watches with one stream at one member, as long as it goes well. */
async function* watchAt(
  endpoint: Endpoint,
  { clock, prefix, times }: WatchOptions,
  progress: Progress,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent, "done" | "failed", undefined> {
  let stream: WatchStream;
  try {
    stream = await WatchStream.open(endpoint, {
      clock,
      times,
      range: prefixRange(prefix),
      after: progress.position,
    });
  } catch (error) {
    const meaning = meaningOfEnd(error);
    if (meaning.kind === "refused") throw meaning.error;
    return "failed";
  }
  const close = (): void => stream.close();
  signal.addEventListener("abort", close);
  try {
    return yield* readStream(stream, progress, signal);
  } finally {
    signal.removeEventListener("abort", close);
    stream.close();
  }
}

async function* readStream(
  stream: WatchStream,
  progress: Progress,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent, "done" | "failed", undefined> {
  for (;;) {
    const message = await stream.next();
    if (signal.aborted) return "done";
    const meaning = meaningOf(message, progress.position);
    switch (meaning.kind) {
      case "created":
        break;
      case "progress":
        progress.position = meaning.revision;
        progress.failures = 0;
        break;
      case "changes":
        progress.position = meaning.revision;
        progress.failures = 0;
        yield { type: "changes", revision: meaning.revision, changes: meaning.changes };
        break;
      case "relist":
        yield { type: "relist" };
        return "done";
      case "failed":
        return "failed";
      case "refused":
        throw meaning.error;
      default:
        unreachable(meaning);
    }
  }
}
