import type { NodeName } from "../../model/names.ts";

/** For how long something has been so, for each node, as far as one leader saw it itself. */
export class Stopwatch {
  readonly #since = new Map<NodeName, { readonly what: string; readonly at: number }>();

  /** Milliseconds since the same was seen of the node first, without anything else in between; null: it is not so. */
  look(node: NodeName, what: string | null, monotonic: number): number {
    if (what === null) {
      this.#since.delete(node);
      return 0;
    }
    const known = this.#since.get(node);
    if (known?.what === what) return monotonic - known.at;
    this.#since.set(node, { what, at: monotonic });
    return 0;
  }
}
