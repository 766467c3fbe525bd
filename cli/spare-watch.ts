import type { ClusterState } from "../reconciler/control/cluster-state.ts";
import { presentInput } from "../reconciler/control/plan-input.ts";
import { spareOf } from "../reconciler/control/report/what-if.ts";
import type { Clock } from "../reconciler/model/clock.ts";
import type { SpareReport } from "../reconciler/model/report.ts";
import { eachLoss, type Loss } from "../reconciler/plan/losses.ts";
import { readWorld } from "../reconciler/plan/world.ts";
import { StoreError } from "../reconciler/store/store.ts";

/** Looked at anew after so long, if anything changed since. */
const atMostEveryMs = 5_000;

/**
 * Whether any one node could be lost, kept up to date beside other work: the loss of one node is looked at in each turn
 * of the event loop, which takes milliseconds however large the cluster is.
 */
export class SpareWatch {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #report: SpareReport | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | null = null;
  /** Changes since the look that goes on began are in here. */
  #heeded: ClusterState | null = null;

  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** As last looked at; null: not yet. */
  get report(): SpareReport | null {
    return this.#report;
  }

  /** Something may have changed. */
  heed(state: ClusterState): void {
    this.#heeded = state;
    if (this.#cancel === null) this.#begin(state);
  }

  close(): void {
    this.#cancel?.();
  }

  #begin(state: ClusterState): void {
    const waitMs = Math.max(0, this.#lookedAt + atMostEveryMs - this.#clock.monotonic());
    this.#cancel = this.#clock.timer(waitMs, () => {
      this.#lookedAt = this.#clock.monotonic();
      const latest = this.#heeded ?? state;
      this.#heeded = null;
      this.#look(this.#losses(latest), []);
    });
  }

  /** None while the records cannot be read; whoever reads them says so. */
  #losses(state: ClusterState): Generator<Loss> | null {
    try {
      return eachLoss(readWorld(presentInput(state, this.#clock.now())));
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return null;
    }
  }

  #look(losses: Generator<Loss> | null, found: readonly Loss[]): void {
    const next = losses?.next();
    if (losses !== null && next?.done === false) {
      this.#cancel = this.#clock.timer(0, () => {
        this.#look(losses, [...found, next.value]);
      });
      return;
    }
    this.#cancel = null;
    if (this.#heeded !== null) this.#begin(this.#heeded);
    const report = losses === null ? this.#report : spareOf(found);
    if (JSON.stringify(report) === JSON.stringify(this.#report)) return;
    this.#report = report;
    this.#onChange();
  }
}
