import { lookup } from "node:dns/promises";
import type { Clock } from "../../model/clock.ts";
import type { DirectPlace } from "../../model/observed.ts";
import { bootIdIn, questionOf } from "./messages.ts";
import { openSocket } from "./socket.ts";

export interface AskerOptions {
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
}

/** The boot in which the heartbeat there answers; null: it does not. Takes a second at most; never rejects. */
export type AskDirectly = (place: DirectPlace, signal: AbortSignal) => Promise<string | null>;

/** How long an answer is waited for; and when the question is sent, since datagrams may be lost. */
const answerMs = 1_000;
const sentAtMs = [0, 300, 600] as const;

export function directAsker({ clock, random }: AskerOptions): AskDirectly {
  return async (place, signal) => {
    if (place.address === null) return null;
    const nonce = Buffer.from(random(16)).toString("hex");
    const over = new AbortController();
    const stop = clock.timer(answerMs, () => over.abort());
    try {
      return await ask(
        { ...place, address: place.address },
        nonce,
        clock,
        AbortSignal.any([signal, over.signal]),
      );
    } catch {
      // No such address, no way there, or no time left: no answer.
      return null;
    } finally {
      stop();
    }
  };
}

async function ask(
  { address, port, key }: DirectPlace & { readonly address: string },
  nonce: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | null> {
  const found = await Promise.race([lookup(address), aborted(signal)]);
  if (found === null) return null;
  const socket = await openSocket(found.family === 4 ? "0.0.0.0" : "::", 0);
  const stops = sentAtMs.map((ms) =>
    clock.timer(ms, () => socket.send(questionOf(nonce, key), port, found.address, () => undefined)),
  );
  try {
    const answered = new Promise<string>((resolve) => {
      socket.on("message", (message) => {
        const bootId = bootIdIn(message.toString("utf8"), nonce, key);
        if (bootId !== null) resolve(bootId);
      });
    });
    return await Promise.race([answered, aborted(signal)]);
  } finally {
    for (const stop of stops) stop();
    socket.close();
  }
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener("abort", () => resolve(null), { once: true });
  });
}
