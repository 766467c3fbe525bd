import type { Clock } from "../reconciler/model/clock.ts";
import type { NodeName, VmName } from "../reconciler/model/names.ts";
import type { NodeStatus, ObservedDomain, Unreadable } from "../reconciler/model/observed.ts";
import type { Log } from "../reconciler/runtime/log.ts";
import { decode, encode } from "../reconciler/store/codec.ts";
import type { ClusterKeys } from "../reconciler/store/keys.ts";
import { type Operation, type Revision, type Store, StoreError } from "../reconciler/store/store.ts";
import { type Hypervisor, HypervisorError } from "./hypervisor/hypervisor.ts";
import type { Lookout } from "./lookout.ts";
import { isSameRecord, type RecordsInput, recordsOf } from "./records.ts";
import { backoffMs } from "./retry.ts";
import { SharedRun } from "./shared-run.ts";
import type { Standing } from "./standing.ts";
import { differsInKind, differsInMeasure, statusOf } from "./status.ts";
import { Wakeup } from "../reconciler/runtime/wakeup.ts";

export interface PublisherOptions extends Pick<
  RecordsInput,
  "placementOf" | "isStopping" | "isAsked" | "isBusy"
> {
  readonly node: NodeName;
  readonly keys: ClusterKeys;
  readonly store: Store;
  readonly hypervisor: Hypervisor;
  readonly clock: Clock;
  readonly log: Log;
  readonly lookout: Lookout;
  readonly standing: Standing;
  /** Steps under way are known: before, an end could not be told from one of our doing. */
  readonly isReady: () => boolean;
  /** The last revision at which a placement changed that has to do with this node. */
  readonly concernedAt: () => Revision;
  /** The highest epoch that this node's agents ever saw. */
  readonly epochSeen: () => number;
  /** How often measurements alone are worth a write. */
  readonly measureEveryMs: number;
}

/** Of one transaction: the store takes a few more operations, and some more bytes. */
const batchLimits = { operations: 100, characters: 300_000 } as const;

interface Write {
  readonly operation: Operation;
  /** What is known to be in the store once it is done. */
  readonly written: () => void;
}

/** Brings `node/<n>/status` and `node/<n>/vm/*` to what was seen last, writing only what differs from before. */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #run: SharedRun<void>;
  readonly #now: Wakeup;
  #records: Map<VmName, ObservedDomain> | null = null;
  #status: NodeStatus | null = null;
  #statusAt = Number.NEGATIVE_INFINITY;

  constructor(options: PublisherOptions, signal: AbortSignal) {
    this.#options = options;
    this.#now = new Wakeup(options.clock);
    this.#run = new SharedRun(() => this.#publish(signal));
  }

  /**
   * Resolves when everything is written that the latest look before this call showed, or where there is no session to
   * write it under. Fails with a `StoreError`.
   */
  flush(): Promise<void> {
    return this.#run.fresh();
  }

  /** There may be something to write. */
  readonly publishNow = (): void => {
    this.#now.ring();
  };

  /** What was written may have been lost: it is read again before the next write. */
  distrust(): void {
    this.#records = null;
  }

  /** Writes whenever told to, until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    for (let failures = 0; ;) {
      const mark = this.#now.mark;
      try {
        await this.flush();
        failures = 0;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        this.distrust();
        failures += 1;
        if (failures === 1) log.warn("the store does not take what was seen", { error: error.message });
      }
      await this.#now.wait(mark, failures === 0 ? null : backoffMs(failures), signal);
    }
  }

  async #publish(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { latest: look, trouble } = this.#options.lookout;
    if (!this.#options.isReady()) return;
    if (trouble !== null) {
      await this.#tellTrouble(trouble, signal);
      return;
    }
    if (look === null || look.session === null || look.seen === 0) return;
    const { session } = look;
    const before = this.#records ?? (await this.#load());
    const { node, placementOf, isStopping, isAsked, isBusy } = this.#options;
    const then = { placementOf, isStopping, isAsked, isBusy };
    const { records, forget } = recordsOf({ node, session, look, before, ...then });
    const writes = this.#recordWrites(before, records);
    const status = statusOf(look, session, this.#options.epochSeen());
    if (writes.length > 0 ? this.#isStatusStale(status) : this.#isStatusDue(status)) {
      writes.push(this.#statusWrite(status));
    }
    await this.#write(writes, signal);
    await this.#forget(forget, signal);
  }

  /** What was told before stands, perhaps by an earlier agent, and that it is of the past. */
  async #tellTrouble(unreadable: Unreadable, signal: AbortSignal): Promise<void> {
    if (this.#records === null) await this.#load();
    if (this.#status === null) return;
    const { bootId } = this.#options.standing;
    const status = { ...this.#status, unreadable: { ...unreadable, bootId } };
    if (differsInKind(this.#status, status)) await this.#write([this.#statusWrite(status)], signal);
  }

  async #load(): Promise<Map<VmName, ObservedDomain>> {
    const { store, keys, node } = this.#options;
    const { items } = await store.list(keys.domains(node));
    const status = await store.get(keys.status(node));
    this.#status = status === null ? null : decode<NodeStatus>(status);
    this.#records = new Map(
      items.map((item) => decode<ObservedDomain>(item)).map((record) => [record.vm, record]),
    );
    return this.#records;
  }

  #recordWrites(before: Map<VmName, ObservedDomain>, records: ReadonlyMap<VmName, ObservedDomain>): Write[] {
    const { keys, node } = this.#options;
    const gone = [...before.keys()].filter((vm) => !records.has(vm));
    const changed = [...records].filter(([vm, record]) => !isSameRecord(before.get(vm) ?? null, record));
    return [
      ...gone.map((vm) => ({
        operation: { delete: keys.domain(node, vm) },
        written: () => void before.delete(vm),
      })),
      ...changed.map(([vm, record]) => ({
        operation: { put: keys.domain(node, vm), value: encode(record) },
        written: () => void before.set(vm, record),
      })),
    ];
  }

  /** Beside records that are written anyway, every difference is worth telling. */
  #isStatusStale(next: NodeStatus): boolean {
    const { memoryFreeBytes, load } = next;
    const before = this.#status;
    return this.#isStatusDue(next) || before?.memoryFreeBytes !== memoryFreeBytes || before.load !== load;
  }

  #isStatusDue(next: NodeStatus): boolean {
    const { clock, measureEveryMs, concernedAt } = this.#options;
    const before = this.#status;
    if (before === null || differsInKind(before, next)) return true;
    if (before.seen < Math.min(concernedAt(), next.seen)) return true;
    // The store was set back: what was told of its future is not to be believed.
    if (before.seen > next.seen) return true;
    return clock.monotonic() - this.#statusAt >= measureEveryMs && differsInMeasure(before, next);
  }

  #statusWrite(status: NodeStatus): Write {
    const { keys, node, clock } = this.#options;
    return {
      operation: { put: keys.status(node), value: encode(status) },
      written: () => {
        this.#status = status;
        this.#statusAt = clock.monotonic();
      },
    };
  }

  /** In batches, the status last: when it says that something was seen, its record is there. */
  async #write(writes: readonly Write[], signal: AbortSignal): Promise<void> {
    const { store, standing, node } = this.#options;
    for (const batch of inBatches(writes)) {
      signal.throwIfAborted();
      const presence = standing.presence();
      if (presence === null) throw new StoreError("unreachable", `the agent of ${node} holds no lease now`);
      const { ok } = await store.transact({
        compare: [presence],
        then: batch.map(({ operation }) => operation),
      });
      if (!ok) throw new StoreError("unreachable", `the agent of ${node} lost its lease`);
      for (const { written } of batch) written();
    }
  }

  /** Not worth more than one try: what is not forgotten now is found again at the next look. */
  async #forget(vms: readonly VmName[], signal: AbortSignal): Promise<void> {
    for (const vm of vms) {
      try {
        await this.#options.hypervisor.forgetEnd(vm, signal);
      } catch (error) {
        if (!(error instanceof HypervisorError)) throw error;
        this.#options.log.debug("cannot forget an end yet", { vm, error: error.message });
      }
    }
  }
}

function* inBatches(writes: readonly Write[]): Generator<readonly Write[]> {
  let batch: Write[] = [];
  let characters = 0;
  for (const write of writes) {
    const more = "value" in write.operation ? write.operation.value.length : 0;
    if (batch.length === batchLimits.operations || characters + more > batchLimits.characters) {
      if (batch.length > 0) yield batch;
      [batch, characters] = [[], 0];
    }
    batch.push(write);
    characters += more;
  }
  if (batch.length > 0) yield batch;
}
