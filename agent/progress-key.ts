import type { Progress } from "../reconciler/model/step.ts";
import { encode } from "../reconciler/store/codec.ts";
import { type Compare, type Revision, type Store, StoreError } from "../reconciler/store/store.ts";

export interface ProgressKeyOptions {
  readonly store: Store;
  readonly key: string;
  readonly stepKey: string;
  /** Of the step that the progress is about; a step of the same name that came later is another one. */
  readonly stepCreated: Revision;
  /** The agent's presence; null while it may not write. */
  readonly presence: () => Compare | null;
}

/** written: it is in the store. refused: a comparison of the caller's failed. withdrawn: there is nothing to tell of. */
export type PutResult = "written" | "refused" | "withdrawn";

/**
 * `progress/<node>/<id>` of one step. Writes come one after the other, each on top of the one before, so that a late
 * one never covers a final one; one whose outcome was unknown is recognised when it is tried again.
 */
export class ProgressKey {
  readonly #options: ProgressKeyOptions;
  #revision: Revision;
  #queue: Promise<unknown> = Promise.resolve();

  /** `revision`: of the progress as it is now in the store, 0 where there is none. */
  constructor(options: ProgressKeyOptions, revision: Revision) {
    this.#options = options;
    this.#revision = revision;
  }

  /** Of the last write that got through. */
  get revision(): Revision {
    return this.#revision;
  }

  /** Fails with a `StoreError`; may then be tried again with the same progress. */
  put(progress: Progress, compare: readonly Compare[] = []): Promise<PutResult> {
    const run = this.#queue.then(() => this.#put(encode(progress), compare));
    this.#queue = run.catch(() => undefined);
    return run;
  }

  async #put(value: string, compare: readonly Compare[]): Promise<PutResult> {
    const { store, key, stepKey, stepCreated, presence } = this.#options;
    const agent = presence();
    if (agent === null) throw new StoreError("unreachable", "the agent holds no lease now");
    const own = [agent, { key: stepKey, createRevision: stepCreated }, { key, modRevision: this.#revision }];
    const { ok, revision } = await store.transact({
      compare: [...own, ...compare],
      then: [{ put: key, value }],
    });
    if (!ok) return this.#explain(value);
    this.#revision = revision;
    return "written";
  }

  /** Why a write was refused. Also finds one that was carried out although its answer was lost. */
  async #explain(value: string): Promise<PutResult> {
    const { store, key, stepKey, stepCreated } = this.#options;
    const step = await store.get(stepKey);
    if (step?.createRevision !== stepCreated) return "withdrawn";
    const held = await store.get(key);
    this.#revision = held?.modRevision ?? 0;
    return held?.value === value ? "written" : "refused";
  }
}
