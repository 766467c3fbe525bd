/**
 * What this leader has under way of power commands and the release of images: one of each for a node at a time. They end
 * with the leader's term; what they came to is in memory only until the leader writes it down, and a successor begins by
 * reading.
 */
import type { Clock } from "../../model/clock.ts";
import type { NodeName, VmName } from "../../model/names.ts";
import { describeReason, type Reason } from "../../model/reasons.ts";
import type { FenceDevice } from "./fence-device.ts";
import type { ImageStore } from "./image-store.ts";
import { type HeldImages, type Release, releaseImages } from "./release-images.ts";
import { Lane } from "./lane.ts";
import { powerOn, readOff, type RoundOutcome, runRound, type WhyNot } from "./round.ts";

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
  /** null: under way. */
  readonly outcome: Release | null;
  readonly endedAt: number;
}

export class FenceTasks {
  readonly #clock: Clock;
  readonly #power: Lane<Task>;
  readonly #images: Lane<Releasing>;

  /** `onEnd`: called when one has come to an end. */
  constructor(clock: Clock, signal: AbortSignal, onEnd: () => void) {
    this.#clock = clock;
    this.#power = new Lane(signal, onEnd);
    this.#images = new Lane(signal, onEnd);
  }

  /** The latest of the node, over its power. */
  get(node: NodeName): Task | null {
    return this.#power.get(node);
  }

  /** The latest, over its images. */
  releasing(node: NodeName): Releasing | null {
    return this.#images.get(node);
  }

  /** `whyNot`: asked right before it is switched off. */
  round(node: NodeName, key: string, devices: readonly FenceDevice[], whyNot: WhyNot): void {
    this.#round(node, "round", key, (signal) => runRound(devices, this.#clock, signal, whyNot));
  }

  reading(node: NodeName, key: string, devices: readonly FenceDevice[]): void {
    this.#round(node, "reading", key, (signal) => readOff(devices, this.#clock, signal));
  }

  #round(
    node: NodeName,
    kind: RoundKind,
    key: string,
    work: (signal: AbortSignal) => Promise<RoundOutcome>,
  ): void {
    this.#power.start(node, { kind, key, outcome: null, endedAt: 0 }, async (signal) => {
      const outcome = await work(signal);
      return { kind, key, outcome, endedAt: this.#clock.monotonic() };
    });
  }

  powerOn(node: NodeName, key: string, devices: readonly FenceDevice[]): void {
    const kind = "power-on";
    this.#power.start(node, { kind, key, failure: undefined, endedAt: 0 }, async (signal) => {
      const failure = await powerOn(devices, this.#clock, signal);
      return { kind, key, failure, endedAt: this.#clock.monotonic() };
    });
  }

  /** It is not to be switched on now, or any more. */
  endPowerOn(node: NodeName): void {
    if (this.#power.get(node)?.kind === "power-on") this.#power.end(node);
  }

  /** @param addresses where the dead node is in the network */
  release(
    node: NodeName,
    key: string,
    store: ImageStore,
    addresses: ReadonlySet<string>,
    images: ReadonlyMap<VmName, HeldImages>,
  ): void {
    this.#images.start(node, { key, outcome: null, endedAt: 0 }, async (signal) => {
      const outcome = await releaseImages(store, addresses, images, signal);
      return { key, outcome, endedAt: this.#clock.monotonic() };
    });
  }

  /** It lives: what it has open from now on is its own. */
  endRelease(node: NodeName): void {
    this.#images.end(node);
  }

  /** There is nothing to carry it out with. */
  giveUp(node: NodeName, kind: Task["kind"], key: string, because: Reason): void {
    const why = describeReason(because);
    const endedAt = this.#clock.monotonic();
    const task: Task =
      kind === "power-on"
        ? { kind, key, failure: why, endedAt }
        : { kind, key, outcome: { proven: false, why }, endedAt };
    this.#power.start(node, task, () => Promise.resolve(task));
  }

  /** Resolves once nothing of it is under way any more; the signal is aborted by then. */
  async ended(): Promise<void> {
    await Promise.all([this.#power.ended(), this.#images.ended()]);
  }
}
