import type { StepRecord } from "../reconciler/model/journal.ts";
import type { VmName } from "../reconciler/model/names.ts";
import { describeStep, isFinal, type Progress, type Step } from "../reconciler/model/step.ts";
import { encode } from "../reconciler/store/codec.ts";
import { type Revision, StoreError } from "../reconciler/store/store.ts";
import { comparesOf, placementAllows } from "./claim.ts";
import type { Entry, KeyView } from "./key-view.ts";
import type { Life } from "./standing.ts";
import { type ClaimedStep, Worker } from "./worker.ts";
import type { Workshop } from "./workshop.ts";

export interface StepRunnerOptions {
  readonly shop: Workshop;
  readonly steps: KeyView<StepRecord>;
  readonly progress: KeyView<Progress>;
  /** An error that is no operating error: the agent must end. */
  readonly fail: (error: unknown) => void;
}

/** A claim that the store did not take is tried again after this time, or at the next change. */
const retryMs = 1_000;

/**
 * Claims the steps of this node and has them carried out: any number at once, one at a time of each VM. What an earlier
 * agent had claimed is taken up where it was left.
 */
export class StepRunner {
  readonly #options: StepRunnerOptions;
  readonly #signal: AbortSignal;
  readonly #workers = new Map<string, Worker>();
  readonly #claiming = new Map<string, Step>();
  /** Steps that are over, until they are gone from the store: by key, with their creation. */
  readonly #over = new Map<string, Revision>();
  #cancelRetry: (() => void) | null = null;

  constructor(options: StepRunnerOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  /** Whether a step that is under way means the VM's domain to end. */
  readonly isStopping = (vm: VmName): boolean =>
    [...this.#workers.values()].some(
      ({ step }) => step.vm === vm && (step.kind === "stop" || step.kind === "restart"),
    );

  /** Whether a step of the VM is claimed here, or about to be. */
  readonly isBusy = (vm: VmName): boolean => this.#underWay().some((step) => vmsOf(step).includes(vm));

  /** Something changed that a step may wait for. */
  readonly ring = (): void => {
    for (const worker of this.#workers.values()) worker.ring();
  };

  /**
   * Takes up what can be. Called whenever steps, placements, the node's life or the agent's presence may have changed,
   * and not before all of them are known.
   */
  readonly consider = (): void => {
    const { steps, progress, shop } = this.#options;
    // What a store says that was set back is no reason to begin anything, nor to let go of what was begun.
    if (this.#signal.aborted || this.#options.shop.trust.guard() === null) return;
    this.#followRecords();
    if (shop.standing.presence() === null) return;
    for (const entry of steps.all()) {
      if (this.#isTaken(entry)) continue;
      const told = progress.get(this.#progressKey(entry.value.step));
      if (told !== null) this.#adopt(entry, told);
      else this.#claimIfAllowed(entry);
    }
  };

  #underWay(): readonly Step[] {
    return [...[...this.#workers.values()].map((worker) => worker.step), ...this.#claiming.values()];
  }

  /** Workers learn what became of their records; what is over and gone is forgotten. */
  #followRecords(): void {
    const { steps } = this.#options;
    for (const [key, worker] of this.#workers) {
      const entry = steps.get(key);
      if (entry === null) worker.withdraw();
      else worker.refresh(entry);
    }
    for (const [key, created] of this.#over) {
      if (steps.get(key)?.createRevision !== created) this.#over.delete(key);
    }
  }

  #isTaken({ key, createRevision, value }: Entry<StepRecord>): boolean {
    if (this.#over.get(key) === createRevision) return true;
    return this.#workers.has(key) || vmsOf(value.step).some((vm) => this.isBusy(vm));
  }

  #adopt(entry: Entry<StepRecord>, told: Entry<Progress>): void {
    const { value: progress, modRevision, createRevision } = told;
    if (isFinal(progress)) return;
    const { phase, claimedUptimeMs, claimedBootId = null } = progress;
    const claimedAt = phase === "running" ? progress.since : progress.at;
    this.#options.shop.log.info("took up a step of an earlier agent", {
      what: describeStep(entry.value.step),
    });
    const revisions = { progressRevision: modRevision, claimRevision: createRevision };
    this.#work({ entry, claimedAt, claimedUptimeMs, claimedBootId, told: progress, ...revisions });
  }

  /** Also where it is cancelled already: the leader waits for this node's word, and the step will end without acting. */
  #claimIfAllowed(entry: Entry<StepRecord>): void {
    const { standing, node, placements, keys } = this.#options.shop;
    const { step } = entry.value;
    const life = standing.life();
    if (life === null) return;
    if (!placementAllows(step, placements.get(keys.placement(step.vm))?.value ?? null, node)) return;
    this.#claiming.set(entry.key, step);
    const seen = this.#seen();
    const settle = (claimed: ClaimedStep | null) => {
      this.#claiming.delete(entry.key);
      if (claimed !== null) this.#work(claimed);
      // What was looked at was of the past; by now more may be known.
      else if (this.#seen() !== seen) this.consider();
      else this.#considerLater();
    };
    this.#claim(entry, life).then(settle, (error: unknown) => {
      // Where the outcome is unknown the view of progress will show it, and the step is taken up from there.
      if (error instanceof StoreError) settle(null);
      else this.#options.fail(error);
    });
  }

  /** One transaction that pins all that was looked at, and writes *claimed*. Null where something has changed since. */
  async #claim(entry: Entry<StepRecord>, life: Life): Promise<ClaimedStep | null> {
    const { store, standing, trust, placements, keys, clock } = this.#options.shop;
    const { step } = entry.value;
    const presence = standing.presence();
    const believed = trust.guard();
    if (presence === null || believed === null) return null;
    const highest = trust.highest();
    const key = this.#progressKey(step);
    const placementKey = keys.placement(step.vm);
    const pins = comparesOf(entry, placementKey, placements.get(placementKey));
    const claimedAt = clock.now();
    const claimedUptimeMs = clock.monotonic();
    const claimedBootId = life.session.bootId;
    const progress: Progress = { phase: "claimed", at: claimedAt, claimedUptimeMs, claimedBootId };
    const { ok, revision } = await store.transact({
      compare: [...pins, standing.alive(life), presence, believed, { key, createRevision: 0 }],
      then: [{ put: key, value: encode(progress) }],
    });
    if (!trust.confirm(highest, revision) || !ok) return null;
    const revisions = { progressRevision: revision, claimRevision: revision };
    return { entry, claimedAt, claimedUptimeMs, claimedBootId, told: null, ...revisions };
  }

  /** Grows whenever more of the records is known that a claim pins. */
  #seen(): Revision {
    const { steps, shop } = this.#options;
    return steps.revision + shop.placements.revision;
  }

  #work(claimed: ClaimedStep): void {
    const { shop, fail } = this.#options;
    const { key, createRevision } = claimed.entry;
    if (this.#signal.aborted) return;
    const worker = new Worker(claimed, shop, this.#signal);
    this.#workers.set(key, worker);
    this.consider();
    worker.run(this.#signal).then(() => {
      this.#workers.delete(key);
      this.#over.set(key, createRevision);
      this.consider();
    }, fail);
  }

  #considerLater(): void {
    if (this.#signal.aborted) return;
    this.#cancelRetry?.();
    this.#cancelRetry = this.#options.shop.clock.timer(retryMs, this.consider);
  }

  #progressKey(step: Step): string {
    const { keys, node } = this.#options.shop;
    return keys.progress(node, step.id);
  }
}

/** Whose domain the step touches: of each VM one step at a time. */
function vmsOf(step: Step): readonly VmName[] {
  return step.kind === "rename" ? [step.vm, step.from] : [step.vm];
}
