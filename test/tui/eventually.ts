import assert from "node:assert/strict";

/** Waits, turn by turn of the event loop, until something holds; gives up after ten seconds. */
export async function eventually(holds: () => boolean, what: string): Promise<void> {
  const giveUpAt = performance.now() + 10_000;
  while (!holds()) {
    assert.ok(performance.now() < giveUpAt, `not within ten seconds: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 1);
    });
  }
}
