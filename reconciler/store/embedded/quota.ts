import { status } from "@grpc/grpc-js";
import { recordBytes } from "../core/records.ts";
import type { StoreCore } from "../core/store-core.ts";
import type { PutRequest } from "./messages.ts";
import { Refusal } from "./refusal.ts";

/**
 * How much keys and values may take. As in etcd, the first request that would exceed it raises an alarm; from then on
 * everything that makes the store larger is refused until somebody made space and took the alarm away. Deletions and
 * reads are always allowed. The alarm does not outlive the server: what is still too much raises it again.
 */
export class Quota {
  readonly #core: Pick<StoreCore, "bytes">;
  readonly #limit: number;
  #raised = false;

  constructor(core: Pick<StoreCore, "bytes">, limit: number) {
    this.#core = core;
    this.#limit = limit;
  }

  get isRaised(): boolean {
    return this.#raised;
  }

  raise(): void {
    this.#raised = true;
  }

  disarm(): void {
    this.#raised = false;
  }

  /** Throws where these puts must not be made. What they replace is not counted against them, as in etcd. */
  checkPuts(puts: readonly Put[], otherPuts: readonly Put[] = []): void {
    const bytes = Math.max(putBytes(puts), putBytes(otherPuts));
    if (bytes === 0) return;
    if (this.#core.bytes + bytes > this.#limit) this.raise();
    this.checkAlarm();
  }

  /** Throws where nothing new is taken at all. */
  checkAlarm(): void {
    if (this.#raised) throw new Refusal(status.RESOURCE_EXHAUSTED, "mvcc: database space exceeded");
  }
}

type Put = Pick<PutRequest, "key" | "value">;

function putBytes(puts: readonly Put[]): number {
  return puts.reduce((sum, { key, value }) => sum + recordBytes({ key, value }), 0);
}
