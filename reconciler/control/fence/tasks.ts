/**
 * What this leader has under way of power commands and the release of images: one of each for a
 * node at a time. They end with the
 * leader's term; what they came to is in memory only until the leader writes it down, and a successor begins by reading.
 */
import type { Clock } from "../../model/clock.ts";
import type { NodeName, VmName } from "../../model/names.ts";
import { describeReason, type Reason } from "../../model/reasons.ts";
import type { FenceDevice } from "./fence-device.ts";
import type { ImageStore } from "./image-store.ts";
import { type HeldImages, type Release, releaseImages } from "./release-images.ts";
import { powerOn, readOff, type RoundOutcome, runRound } from "./round.ts";

/** A reading switches nothing. */
type RoundKind = "round" | "reading";

export type Task =
  | {
      readonly kind: RoundKind;
      readonly key: string;
      readonly outcome: RoundOutcome | null;
      readonly endedAt: number;
    }
  | {
      readonly kind: "power-on";
      readonly key: string;
      /** undefined: under way. null: it is on. */
      readonly failure: string | null | undefined;
      readonly endedAt: number;
    };

/** It goes on beside whatever is done with the power. */
export interface Releasing {
  readonly key: string;
  /** Of those that have ended. */
  readonly outcome: Release;
  /** null: some are under way. */
  readonly endedAt: number | null;
}

export class FenceTasks {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #onEnd: () => void;
  readonly #tasks = new Map<NodeName, Task>();
  readonly #releasing = new Map<NodeName, Releasing>();
  readonly #underWay = new Set<Promise<void>>();

  /** `onEnd`: called when one has come to an end, or failed. */
  constructor(clock: Clock, signal: AbortSignal, onEnd: () => void) {
    this.#clock = clock;
    this.#signal = signal;
    this.#onEnd = onEnd;
  }

  /** The latest of the node, over its power. */
  get(node: NodeName): Task | null {
    return this.#tasks.get(node) ?? null;
  }

  /** The latest, over its images. */
  releasing(node: NodeName): Releasing | null {
    return this.#releasing.get(node) ?? null;
  }

  round(node: NodeName, kind: RoundKind, key: string, devices: readonly FenceDevice[]): void {
    this.#tasks.set(node, { kind, key, outcome: null, endedAt: 0 });
    const work = kind === "round" ? runRound : readOff;
    this.#follow(async () => {
      const outcome = await work(devices, this.#clock, this.#signal);
      this.#tasks.set(node, { kind, key, outcome, endedAt: this.#clock.monotonic() });
    });
  }

  powerOn(node: NodeName, key: string, devices: readonly FenceDevice[]): void {
    this.#tasks.set(node, { kind: "power-on", key, failure: undefined, endedAt: 0 });
    this.#follow(async () => {
      const failure = await powerOn(devices, this.#clock, this.#signal);
      this.#tasks.set(node, { kind: "power-on", key, failure, endedAt: this.#clock.monotonic() });
    });
  }

  /** @param addresses where the dead node is in the network */
  release(
    node: NodeName,
    key: string,
    store: ImageStore,
    addresses: ReadonlySet<string>,
    images: ReadonlyMap<VmName, HeldImages>,
  ): void {
    const outcome = new Map<VmName, string | null>();
    this.#releasing.set(node, { key, outcome, endedAt: null });
    const ended = (vm: VmName, why: string | null) => {
      outcome.set(vm, why);
      this.#onEnd();
    };
    this.#follow(async () => {
      await releaseImages(store, addresses, images, ended, this.#signal);
      this.#releasing.set(node, { key, outcome, endedAt: this.#clock.monotonic() });
    });
  }

  /** There is nothing to carry it out with. */
  giveUp(node: NodeName, kind: RoundKind | "power-on", key: string, because: Reason): void {
    const why = describeReason(because);
    const endedAt = this.#clock.monotonic();
    const task: Task =
      kind === "power-on"
        ? { kind, key, failure: why, endedAt }
        : { kind, key, outcome: { proven: false, why }, endedAt };
    this.#tasks.set(node, task);
    this.#onEnd();
  }

  /** Resolves once nothing of it is under way any more; the signal is aborted by then. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  #follow(work: () => Promise<void>): void {
    const running = work()
      .catch((error: unknown) => {
        if (!this.#signal.aborted) throw error;
      })
      .finally(() => {
        this.#underWay.delete(running);
        this.#onEnd();
      });
    this.#underWay.add(running);
  }
}
