import type { ClusterFeed } from "../../reconciler/control/cluster-feed.ts";
import type { Context } from "../context.ts";

/** The changes of a feed, for a command that goes on. Says once when the store stops to answer, and when it is back. */
export class Changes {
  readonly #feed: ClusterFeed;
  readonly #context: Pick<Context, "err" | "signal">;
  #isAway = false;

  constructor(feed: ClusterFeed, context: Pick<Context, "err" | "signal">) {
    this.#feed = feed;
    this.#context = context;
  }

  /** Resolves at the next one; rejects when the command is ended. */
  async next(): Promise<void> {
    await this.#feed.changed(this.#context.signal);
    const { problem } = this.#feed;
    if ((problem !== null) === this.#isAway) return;
    this.#isAway = problem !== null;
    this.#context.err(
      problem === null
        ? "the store answers again"
        : `the store does not answer, so what is shown is old: ${problem.why}`,
    );
  }
}
