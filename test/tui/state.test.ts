import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { initialState, placeOf, reduce, type UiAction, type UiState } from "../../tui/state.ts";

const run = (state: UiState, ...actions: readonly UiAction[]) => actions.reduce(reduce, state);
const go = (screen: "overview" | "vms" | "plan" | "help", filter = ""): UiAction => ({
  kind: "go",
  screen,
  filter,
});
const start = initialState(false);

describe("places", () => {
  it("begin at the overview, and go back the way they came", () => {
    const state = run(start, go("vms"), go("plan"), { kind: "open", object: "VM/a", aspect: "why" });
    assert.deepEqual(
      state.places.map(({ screen }) => screen),
      ["overview", "vms", "plan", "detail"],
    );
    assert.equal(placeOf(run(state, { kind: "back" })).screen, "plan");
    assert.equal(
      placeOf(run(state, { kind: "back" }, { kind: "back" }, { kind: "back" }, { kind: "back" })).screen,
      "overview",
    );
  });

  it("are not piled up by going where one is", () => {
    assert.equal(run(start, go("vms"), go("vms")).places.length, 2);
  });

  it("keep the cursor when nothing changes, and lose it with another filter", () => {
    const shapes = [{ keys: ["a", "b"], rows: 5, scrolls: "list" as const }];
    const moved = run(start, go("vms"), { kind: "move", motion: "down", shapes });
    assert.equal(placeOf(run(moved, go("vms"))).cursor.key, "b");
    assert.equal(placeOf(run(moved, go("vms", "x"))).cursor.key, null);
  });

  it("are forgotten by the overview, which is home", () => {
    assert.equal(run(start, go("vms"), go("plan"), go("overview")).places.length, 1);
  });

  it("are bounded", () => {
    const many = Array.from({ length: 100 }, (_, index): UiAction => {
      return { kind: "open", object: `VM/${String(index)}`, aspect: "why" };
    });
    const state = run(start, ...many);
    assert.equal(state.places.length, 20);
    assert.equal(state.places[0].screen, "overview");
  });

  it("go back by one thing at a time: the filter, then the screen", () => {
    const noFilter = run(start, go("vms", "web"), { kind: "back" });
    assert.equal(placeOf(noFilter).filter, "");
    assert.equal(placeOf(noFilter).screen, "vms");
    assert.equal(placeOf(run(noFilter, { kind: "back" })).screen, "overview");
  });
});

describe("a detail view", () => {
  const opened = run(start, { kind: "open", object: "VM/a", aspect: "why" });
  const answer = { phase: "answered", lines: ["because"] } as const;

  it("takes the answer to its question", () => {
    const place = placeOf(run(opened, { kind: "answer", question: ["why", "VM/a"], answer }));
    assert.equal(place.screen === "detail" && place.answer, answer);
  });

  it("drops an answer to what is asked no longer", () => {
    for (const other of [
      { kind: "answer", question: ["why", "VM/b"], answer },
      { kind: "answer", question: ["describe", "VM/a"], answer },
    ] as const) {
      assert.deepEqual(run(opened, other), opened);
    }
    const left = run(opened, { kind: "back" });
    assert.deepEqual(run(left, { kind: "answer", question: ["why", "VM/a"], answer }), left);
  });

  it("changes its question in place", () => {
    const state = run(opened, { kind: "open", object: "VM/a", aspect: "describe" });
    assert.equal(state.places.length, opened.places.length);
  });
});

describe("prompts", () => {
  it("filter while they are typed", () => {
    const filtering = { kind: "filter", text: "", before: "" } as const;
    const state = run(start, { kind: "prompt", prompt: filtering }, { kind: "type", text: "we" });
    assert.equal(placeOf(state).filter, "we");
    assert.deepEqual(state.prompt, { ...filtering, text: "we" });
  });

  it("take no text where a question is asked", () => {
    const question = { kind: "apply", question: "Apply?", digest: "d1" } as const;
    const state = run(start, { kind: "prompt", prompt: question }, { kind: "type", text: "y" });
    assert.deepEqual(state.prompt, question);
  });

  it("take away an old notice", () => {
    const noticed = run(start, { kind: "notice", notice: { tone: "ok", text: "done" } });
    assert.equal(run(noticed, { kind: "prompt", prompt: { kind: "command", text: "" } }).notice, null);
  });
});

describe("a run", () => {
  it("collects its lines and its end", () => {
    const state = run(
      start,
      { kind: "run-began", title: "apply", since: 5 },
      { kind: "run-line", text: "one" },
      { kind: "run-ended", ok: false, lines: ["two"] },
    );
    assert.deepEqual(state.run, { phase: "failed", title: "apply", lines: ["one", "two"], since: 5 });
  });

  it("keeps the last lines of many", () => {
    const lines = Array.from({ length: 700 }, (_, index): UiAction => ({
      kind: "run-line",
      text: String(index),
    }));
    const state = run(start, { kind: "run-began", title: "apply", since: 5 }, ...lines);
    assert.equal(state.run?.lines.length, 500);
    assert.equal(state.run?.lines.at(-1), "699");
  });

  it("has no lines before it began", () => {
    assert.equal(run(start, { kind: "run-line", text: "one" }).run, null);
  });
});
