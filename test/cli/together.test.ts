import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { together } from "../../cli/together.ts";
import { untilAborted } from "../../cli/until-aborted.ts";

/** A task that ends when it is asked to, and notes it. */
function patient(notes: string[], name: string) {
  return async (signal: AbortSignal): Promise<void> => {
    await untilAborted(signal);
    notes.push(name);
  };
}

describe("together", () => {
  it("ends all when one returns", async () => {
    const notes: string[] = [];
    await together(
      [patient(notes, "a"), async () => undefined, patient(notes, "b")],
      new AbortController().signal,
    );
    assert.deepEqual(notes, ["a", "b"]);
  });

  it("ends all when one fails, and throws its error when they have ended", async () => {
    const notes: string[] = [];
    const failing = () => Promise.reject(new Error("broken"));
    await assert.rejects(together([patient(notes, "a"), failing], new AbortController().signal), /broken/);
    assert.deepEqual(notes, ["a"]);
  });

  it("takes a task's rejection for obedience once all are asked to end", async () => {
    const ending = new AbortController();
    const rejects = async (signal: AbortSignal): Promise<void> => {
      await untilAborted(signal);
      throw new Error("aborted");
    };
    const running = together([rejects, patient([], "a")], ending.signal);
    ending.abort();
    await running;
  });
});
