import { deathOf, type FenceRecord } from "../reconciler/model/fence.ts";
import type { NodeName } from "../reconciler/model/names.ts";
import type { Alive, Seen } from "../reconciler/model/observed.ts";
import { isFinal, type Progress } from "../reconciler/model/step.ts";
import { decode } from "../reconciler/store/codec.ts";
import type { KeyValue } from "../reconciler/store/store.ts";
import { KeyView } from "./key-view.ts";
import { untilStored } from "./retry.ts";
import type { Workshop } from "./workshop.ts";

/** The other node of a migration, as far as the store tells of it. */
export class OtherNode {
  readonly #node: NodeName;
  readonly #stepId: string;
  readonly #shop: Workshop;
  readonly #view: KeyView<Progress>;

  constructor(node: NodeName, stepId: string, shop: Workshop, onChange: () => void) {
    this.#node = node;
    this.#stepId = stepId;
    this.#shop = shop;
    const { store, keys, clock, log } = shop;
    this.#view = new KeyView({ store, prefix: keys.progress(node, stepId), clock, log, onChange });
  }

  /** Follows it until aborted. */
  run(signal: AbortSignal): Promise<void> {
    return this.#view.run(signal);
  }

  progress(): Progress | null {
    return this.#view.get(this.#shop.keys.progress(this.#node, this.#stepId))?.value ?? null;
  }

  /** It has claimed its role, and told its end already or is not proven dead: one that is cut off tells once it is back. */
  async mayAnswer(signal: AbortSignal): Promise<boolean> {
    const { keys } = this.#shop;
    const progress = await this.#get(keys.progress(this.#node, this.#stepId), signal);
    if (progress === null) return false;
    if (isFinal(decode<Progress>(progress))) return true;
    const step = await this.#get(keys.step(this.#node, this.#stepId), signal);
    return step !== null && !(await this.#isDead(signal));
  }

  async address(signal: AbortSignal): Promise<string | null> {
    const alive = await this.#get(this.#shop.keys.alive(this.#node), signal);
    return alive === null ? null : decode<Alive>(alive).address;
  }

  /** Proven so, and not seen alive since. */
  async #isDead(signal: AbortSignal): Promise<boolean> {
    const { keys } = this.#shop;
    const record = await this.#get(keys.fence(this.#node), signal);
    if (record === null || (await this.#get(keys.alive(this.#node), signal)) !== null) return false;
    const seen = await this.#get(keys.seen(this.#node), signal);
    const last = seen === null ? null : { ...decode<Seen>(seen), revision: seen.modRevision };
    return deathOf(decode<FenceRecord>(record), { alive: null, seen: last }) !== null;
  }

  #get(key: string, signal: AbortSignal): Promise<KeyValue | null> {
    const { store, clock, log } = this.#shop;
    return untilStored(() => store.get(key), { clock, log, what: key }, signal);
  }
}
