import type { NodeName } from "../reconciler/model/names.ts";
import type { Log } from "../reconciler/runtime/log.ts";
import { type Answerer, type AnswererOptions, openAnswerer } from "../reconciler/runtime/direct/answerer.ts";
import { answerFile, readAnswerFile, writeAnswerFile } from "./answer-file.ts";
import { messageOf } from "../reconciler/model/thrown.ts";

export interface DirectAnswersOptions {
  readonly node: NodeName;
  readonly bootId: string;
  readonly answerAt: Pick<AnswererOptions, "host" | "port">;
  /** Where others reach it; null: at its node's address. */
  readonly address: string | null;
  /** What is in it is kept until the next boot, and its key and port there. */
  readonly folder: string;
  readonly random: (bytes: number) => Uint8Array;
  readonly log: Log;
}

/**
 * Answers the leader by the key of this boot, and where it was told that it does, if that can be; else at another port,
 * which the store is told, and the log. Null: it can answer nowhere, and its lease is all that counts. Never rejects.
 */
export async function openDirectAnswers(options: DirectAnswersOptions): Promise<Answerer | null> {
  const { node, bootId, answerAt, address, folder, random, log } = options;
  const path = answerFile(folder, node);
  const kept = await readAnswerFile(path, bootId, log);
  const key = kept?.key ?? Buffer.from(random(32)).toString("hex");
  const ports = portsToTry(answerAt.port, kept?.port ?? 0);
  const answerer = await openAtFirst(ports, { host: answerAt.host, address, bootId, key }, log);
  if (answerer === null) return null;
  const { port } = answerer.place;
  log.info("the leader is answered directly", { port });
  await writeAnswerFile(path, bootId, { key, port }, log);
  return answerer;
}

/** The one that firewalls let through, the one that the leader was told, any. 0: any. */
function portsToTry(wanted: number, kept: number): readonly number[] {
  return [...new Set([...[wanted, kept].filter((port) => port !== 0), 0])];
}

async function openAtFirst(
  [port = 0, ...others]: readonly number[],
  options: Omit<AnswererOptions, "port">,
  log: Log,
): Promise<Answerer | null> {
  try {
    return await openAnswerer({ ...options, port });
  } catch (error) {
    const why = messageOf(error);
    if (others.length > 0) {
      log.warn("the port for direct answers cannot be had, trying another", { port, why });
      return openAtFirst(others, options, log);
    }
    log.warn(
      "nobody can be answered directly: a node that is cut off from the store alone is taken for lost",
      { why },
    );
    return null;
  }
}
