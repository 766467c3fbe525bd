import type { DirectPlace } from "../../model/observed.ts";
import { answerTo, messageLimit } from "./messages.ts";
import { openSocket } from "./socket.ts";

export interface AnswererOptions {
  /** Null: on every address. */
  readonly host: string | null;
  /** 0: any that is free. */
  readonly port: number;
  /** Where others reach it; null: at its node's address. */
  readonly address: string | null;
  readonly bootId: string;
  /** Known to those who may ask. */
  readonly key: string;
}

export interface Answerer {
  readonly place: DirectPlace;
  close(): void;
}

/** Answers questions by themselves, whatever becomes of the store. Rejects where the port cannot be had. */
export async function openAnswerer(options: AnswererOptions): Promise<Answerer> {
  const { host, port, address, bootId, key } = options;
  const socket = await openSocket(host, port);
  socket.on("message", (message, from) => {
    if (message.length > messageLimit) return;
    const answer = answerTo(message.toString("utf8"), bootId, key);
    if (answer !== null) socket.send(answer, from.port, from.address, () => undefined);
  });
  // It keeps no process alive that has nothing else to do.
  socket.unref();
  return { place: { address, port: socket.address().port, key }, close: () => void socket.close() };
}
