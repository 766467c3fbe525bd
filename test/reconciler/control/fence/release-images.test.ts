import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { describe, it } from "node:test";
import type { ImageClient, ImageStore } from "../../../../reconciler/control/fence/image-store.ts";
import { releaseImages } from "../../../../reconciler/control/fence/release-images.ts";

const dead = { address: "10.0.0.11:0/7", lock: "auto 1" };
const signal = new AbortController().signal;

/** What it was asked, in order; `failing` is what it answers no to. */
function imageStore(clients: Readonly<Record<string, readonly ImageClient[]>>, failing = "") {
  const asked: string[] = [];
  const ask = (what: string): Promise<void> => {
    asked.push(what);
    return what === failing ? Promise.reject(new Error("no answer")) : Promise.resolve();
  };
  const store: ImageStore = {
    clientsOf: async (image) => {
      await ask(`clients of ${image}`);
      return clients[image] ?? [];
    },
    shutOut: (address) => ask(`shut out ${address}`),
    // All parts of it have to be asked.
    known: () => ask("known").then(() => setImmediate()),
    removeLock: (image, { address }) => ask(`remove the lock of ${address} on ${image}`),
  };
  const release = async (images: Readonly<Record<string, readonly string[]>>, living = "") => {
    const held = Object.entries(images).map(
      ([vm, names]) => [vm, { names, mayBeOthers: vm === living }] as const,
    );
    const addresses = new Set(["hv1", "10.0.0.11"]);
    return Object.fromEntries(await releaseImages(store, addresses, new Map(held), signal));
  };
  return { asked, release };
}

describe("the images of a dead node's VMs", () => {
  it("are taken from it in the order that loses nothing: shut out, known everywhere, locks removed", async () => {
    const watcher = { address: "10.0.0.11:0/8", lock: null };
    const { asked, release } = imageStore({ "vms/web": [dead, watcher] });
    assert.deepEqual(await release({ web: ["vms/web"] }), { web: null });
    assert.deepEqual(asked, [
      "clients of vms/web",
      "shut out 10.0.0.11:0/7",
      "shut out 10.0.0.11:0/8",
      "known",
      "remove the lock of 10.0.0.11:0/7 on vms/web",
    ]);
  });

  it("are asked about side by side, and what all know is asked for anew after each that was shut out", async () => {
    const other = { address: "10.0.0.11:0/8", lock: "auto 2" };
    const { asked, release } = imageStore({ "vms/web": [dead], "vms/db": [dead, other], "vms/log": [dead] });
    assert.deepEqual(await release({ web: ["vms/web"], db: ["vms/db"], log: ["vms/log"] }), {
      web: null,
      db: null,
      log: null,
    });
    const removed = asked.indexOf("remove the lock of 10.0.0.11:0/8 on vms/db");
    const shutOut = asked.indexOf("shut out 10.0.0.11:0/8");
    assert.ok(shutOut < asked.lastIndexOf("known") && asked.lastIndexOf("known") < removed, asked.join());
    assert.ok(asked.filter((what) => what === "known").length < 3, "those who wait ask together");
  });

  it("are left alone where somebody else has locked one, and those of the others are not", async () => {
    const stranger = { address: "10.0.0.12:0/3", lock: "auto 9" };
    const { asked, release } = imageStore({ "vms/web": [dead, stranger], "vms/db": [dead] });
    assert.deepEqual(await release({ web: ["vms/web"], db: ["vms/db"] }), {
      web: "vms/web is locked by 10.0.0.12:0/3",
      db: null,
    });
    assert.ok(!asked.some((what) => what.endsWith("on vms/web")));
  });

  it("are the living guest's where that runs on another node, once the dead one is shut out", async () => {
    const living = { address: "10.0.0.12:0/3", lock: "auto 9" };
    const watcher = { address: "10.0.0.11:0/8", lock: null };
    const { asked, release } = imageStore({ "vms/web": [living, watcher] });
    assert.deepEqual(await release({ web: ["vms/web"] }, "web"), { web: null });
    assert.deepEqual(asked, ["clients of vms/web", "shut out 10.0.0.11:0/8", "known"]);
  });

  it("are free where nobody has them open", async () => {
    const passerBy = { address: "[fd00::12]:0/3", lock: null };
    const { asked, release } = imageStore({ "vms/web": [passerBy] });
    assert.deepEqual(await release({ web: ["vms/web"] }), { web: null });
    assert.deepEqual(asked, ["clients of vms/web"]);
  });

  it("are still held where any of it was not done, or not answered", async () => {
    for (const failing of ["clients of vms/web", "shut out 10.0.0.11:0/7", "known"]) {
      const { asked, release } = imageStore({ "vms/web": [dead] }, failing);
      assert.deepEqual(await release({ web: ["vms/web"] }), { web: "no answer" }, failing);
      assert.ok(!asked.some((what) => what.startsWith("remove")), failing);
    }
    const last = imageStore({ "vms/web": [dead] }, "remove the lock of 10.0.0.11:0/7 on vms/web");
    assert.deepEqual(await last.release({ web: ["vms/web"] }), { web: "no answer" });
  });

  it("are those of a client by its address, in either family", async () => {
    const six = { address: "[fd00::11]:0/3", lock: "auto 2" };
    const clientsOf = () => Promise.resolve([six]);
    const done = () => Promise.resolve();
    const store: ImageStore = { clientsOf, shutOut: done, known: done, removeLock: done };
    const images = new Map([["web", { names: ["vms/web"], mayBeOthers: false }]]);
    const outcome = (host: string) => releaseImages(store, new Set([host]), images, signal);
    assert.deepEqual([...(await outcome("fd00::11"))], [["web", null]]);
    assert.deepEqual([...(await outcome("fd00::12"))], [["web", "vms/web is locked by [fd00::11]:0/3"]]);
  });
});
