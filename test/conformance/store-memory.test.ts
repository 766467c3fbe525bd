import { StoreCore } from "../../reconciler/store/core/store-core.ts";
import type { Link } from "../../reconciler/store/memory/link.ts";
import { MemoryMaintenance } from "../../reconciler/store/memory/memory-maintenance.ts";
import { MemoryStore } from "../../reconciler/store/memory/memory-store.ts";
import { StoreError } from "../../reconciler/store/store.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { describeStore } from "./store.ts";
import { describeMaintenance, type MaintenanceEnvironment } from "./store-maintenance.ts";
import type { StoreEnvironment } from "./store-subject.ts";

/** Longer than any test lets pass. */
const maxSteps = 10_000;

describeStore("the in-memory store", makeEnvironment);
describeMaintenance("the in-memory store", makeMaintenance);

async function makeMaintenance(): Promise<MaintenanceEnvironment> {
  const clock = new FakeClock();
  const core = new StoreCore({ clock });
  const store = new MemoryStore({ core, clock });
  return {
    store,
    maintenance: new MemoryMaintenance({ core }),
    memberCount: 1,
    close: async () => {
      await store.close();
      core.close();
    },
  };
}

async function makeEnvironment(): Promise<StoreEnvironment> {
  const clock = new FakeClock();
  const core = new StoreCore({ clock });
  const clients: MemoryStore[] = [];
  let gone = false;
  const link: Link = {
    call: async (operation) => {
      if (gone) throw new StoreError("unreachable", "the store is gone");
      return operation();
    },
  };
  return {
    connect: () => {
      const client = new MemoryStore({ core, clock, link });
      clients.push(client);
      return client;
    },
    elapse: (promise) => elapse(clock, promise),
    compact: async (revision) => core.compact(revision),
    takeLease: async (id) => void core.revoke(id),
    vanish: async () => {
      gone = true;
    },
    close: async () => {
      for (const client of clients) await client.close();
      core.close();
    },
  };
}

async function elapse<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  promise.then(settle, settle);
  for (let step = 0; step < maxSteps && !settled; step += 1) await clock.advance(100);
  if (!settled) throw new Error("nothing came of it, however much time passed");
  return promise;
}
