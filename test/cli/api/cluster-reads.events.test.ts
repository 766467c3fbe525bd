import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ApiBench } from "../api-bench.ts";

describe("the API's events", () => {
  it("are those of the command line", async () => {
    await using api = await ApiBench.open();
    const { body } = await api.send("GET /api/v1/event");
    assert.deepEqual(body, await api.bench.data("events"));
    const { body: one } = await api.send("GET /api/v1/event?object=VM/web1");
    assert.deepEqual(one, await api.bench.data("events --object vm/web1"));
    assert.equal((await api.send("GET /api/v1/event?object=web1")).status, 400);
  });

  it("come as they happen", async () => {
    await using api = await ApiBench.open();
    const response = await api.server.inject({ url: "/api/v1/event/stream", payloadAsStream: true });
    assert.equal(response.headers["content-type"], "text/event-stream; charset=utf-8");
    await api.send("POST /api/v1/vm/web1/state", { body: { state: "shutdown" } });
    await api.bench.clock.advance(10_000);
    let text = "";
    for await (const chunk of response.stream()) {
      text += String(chunk);
      if (text.includes("stop-done")) break;
    }
    assert.match(text, /event: event\ndata: \{"kind":"Event","name":"api-test\/0",.*setVmState/);
    assert.equal(
      (await api.send("GET /api/v1/event/stream", { headers: { "last-event-id": "x" } })).status,
      400,
    );
  });
});
