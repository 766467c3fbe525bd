import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { fieldInDrift, placeInWords } from "../../../../reconciler/control/report/drift-words.ts";

describe("placeInWords", () => {
  it("says which part of which device", () => {
    const places = {
      "memory": "memory",
      "disk[sda]": "disk sda",
      "disk[sda]/driver@cache": "driver cache of disk sda",
      "interface[52:54:00:00:00:01]/link": "link of card 52:54:00:00:00:01",
      "hostdev[0x0000:0x00]": "passed-through device 0x0000:0x00",
      "os/type@machine": "machine type",
      "watchdog@action": "watchdog action",
      "cputune": "cputune",
    };
    for (const [path, words] of Object.entries(places)) assert.equal(placeInWords(path), words);
  });
});

describe("fieldInDrift", () => {
  const common = { kind: "drift", vm: "web", node: "hv1", refused: null, since: null } as const;
  const words = (wanted: string | null, live: string | null, effect: "live" | "next-restart" = "live") =>
    fieldInDrift({ ...common, field: "disk[sdb]", wanted, live, effect });

  it("tells another value from one that is gone, and from one that was added", () => {
    assert.equal(words("a", "b"), "disk sdb is b, a is wanted; changed outside keel");
    assert.equal(words("a", null), "disk sdb is gone, a is wanted; changed outside keel");
    assert.equal(words(null, "b"), "disk sdb is b, none is wanted; changed outside keel");
  });

  it("says what no apply sets back", () => {
    assert.match(words("a", "b", "next-restart"), /; changed outside keel, set back at the next restart$/);
  });
});
