import type { Link } from "../../../reconciler/store/memory/link.ts";
import { StoreError } from "../../../reconciler/store/store.ts";
import { Fuse } from "./fuse.ts";

/** A client's way to the store, which can be cut: before a call is carried out, or only for its answer. */
export class Wire implements Link {
  state: "up" | "cut" | "answers-lost" = "up";
  calls = 0;
  readonly #fuse: Fuse;

  constructor(fuse: Fuse = new Fuse()) {
    this.#fuse = fuse;
  }

  call<T>(operation: () => T): Promise<T> {
    this.calls += 1;
    return this.#fuse.through(
      () => this.#carryOut(operation),
      () => new StoreError("unreachable", "its client was killed"),
    );
  }

  #carryOut<T>(operation: () => T): T {
    if (this.state === "cut") throw new StoreError("unreachable", "the wire is cut");
    const result = operation();
    if (this.state === "answers-lost") throw new StoreError("ambiguous", "the answer was lost");
    return result;
  }
}
