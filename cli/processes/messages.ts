/** What a part tells its parent over their channel. */
export type PartMessage =
  /** It serves: others that need it can be started. */
  | { readonly kind: "ready" }
  /** A simulated host's power came on or went off. */
  | { readonly kind: "power"; readonly on: boolean };

/** Null: nothing that this version knows. */
export function readPartMessage(message: unknown): PartMessage | null {
  if (typeof message !== "object" || message === null || !("kind" in message)) return null;
  if (message.kind === "ready") return { kind: "ready" };
  if (message.kind === "power" && "on" in message && typeof message.on === "boolean") {
    return { kind: "power", on: message.on };
  }
  return null;
}
