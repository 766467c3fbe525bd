import type { StoreCore } from "../core/store-core.ts";
import type { StoreMaintenance, StoreStatus } from "../maintenance.ts";
import { StoreError, type Revision } from "../store.ts";
import { keysWithPrefix } from "../core/key-range.ts";
import { directLink, type Link } from "./link.ts";

export interface MemoryMaintenanceOptions {
  readonly core: StoreCore;
  readonly storeId?: string;
  readonly link?: Link;
  readonly quotaBytes?: number;
}

/** Maintenance of an in-memory store. Its size is that of its keys and values; there is nothing to defragment. */
export class MemoryMaintenance implements StoreMaintenance {
  readonly #core: StoreCore;
  readonly #storeId: string;
  readonly #link: Link;
  readonly #quotaBytes: number | null;

  constructor({ core, storeId = "1", link = directLink, quotaBytes }: MemoryMaintenanceOptions) {
    this.#core = core;
    this.#storeId = storeId;
    this.#link = link;
    this.#quotaBytes = quotaBytes ?? null;
  }

  status(): Promise<StoreStatus> {
    return this.#link.call(() => {
      const { records } = this.#core.range({ range: keysWithPrefix("") });
      const bytes = records.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
      return {
        storeId: this.#storeId,
        revision: this.#core.revision,
        version: "memory",
        bytes,
        bytesInUse: bytes,
        quotaBytes: this.#quotaBytes,
        alarms: [],
        members: [
          {
            id: "1",
            name: "memory",
            endpoint: "memory",
            hosts: [],
            leader: true,
            learner: false,
            problem: null,
          },
        ],
      };
    });
  }

  compact(revision: Revision): Promise<void> {
    return this.#link.call(() => {
      if (revision > this.#core.revision) {
        throw new StoreError("rejected", `the revision ${String(revision)} is in the future`);
      }
      if (revision > this.#core.compacted) this.#core.compact(revision);
    });
  }

  defragment(): Promise<void> {
    return this.#link.call(() => undefined);
  }

  disarm(): Promise<void> {
    return this.#link.call(() => undefined);
  }
}
