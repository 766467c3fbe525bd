/**
 * The leader's question to a heartbeat that has lost the store, and its answer: a line of text each, in one datagram. Both
 * are signed with a key that is in the store, under the node's `seen`; who cannot read the store gets no answer, and gives
 * none that counts. A question has a fresh nonce, so that no answer can be an old one.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

/** Answers are shorter than this, questions too; what is longer is none of ours. */
export const messageLimit = 512;

export function questionOf(nonce: string, key: string): string {
  return `keel? ${nonce} ${sign(key, "?", nonce)}`;
}

/** Null: no question, or not by somebody who knows the key. */
export function answerTo(question: string, bootId: string, key: string): string | null {
  const [mark, nonce = "", signature = "", ...more] = question.split(" ");
  if (mark !== "keel?" || more.length > 0 || !isSame(signature, sign(key, "?", nonce))) return null;
  return `keel! ${nonce} ${bootId} ${sign(key, "!", nonce, bootId)}`;
}

/** The boot in which it was answered; null: no answer to the question with this nonce. */
export function bootIdIn(answer: string, nonce: string, key: string): string | null {
  const [mark, told, bootId = "", signature = "", ...more] = answer.split(" ");
  if (mark !== "keel!" || told !== nonce || more.length > 0) return null;
  return isSame(signature, sign(key, "!", nonce, bootId)) ? bootId : null;
}

function sign(key: string, ...words: readonly string[]): string {
  return createHmac("sha256", key).update(words.join(" ")).digest("hex");
}

function isSame(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
