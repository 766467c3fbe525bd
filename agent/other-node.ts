import { isOverWithBoot } from "../reconciler/model/boot.ts";
import { deathOf, type FenceRecord } from "../reconciler/model/fence.ts";
import type { NodeName } from "../reconciler/model/names.ts";
import type { AgentPresence, Alive, NodeStatus, Seen } from "../reconciler/model/observed.ts";
import { type Claimed, isFinal, type Progress, type Step } from "../reconciler/model/step.ts";
import { decode } from "../reconciler/store/codec.ts";
import type { KeyValue } from "../reconciler/store/store.ts";
import { KeyView } from "./key-view.ts";
import { untilStored } from "./retry.ts";
import type { Workshop } from "./workshop.ts";

/** The other node of a migration, as far as the store tells of it. */
export class OtherNode {
  readonly #node: NodeName;
  readonly #step: Step;
  readonly #shop: Workshop;
  readonly #view: KeyView<Progress>;

  constructor(node: NodeName, step: Step, shop: Workshop, onChange: () => void) {
    this.#node = node;
    this.#step = step;
    this.#shop = shop;
    const { store, keys, clock, log } = shop;
    this.#view = new KeyView({ store, prefix: keys.progress(node, step.id), clock, log, onChange });
  }

  /** Follows it until aborted. */
  run(signal: AbortSignal): Promise<void> {
    return this.#view.run(signal);
  }

  progress(): Progress | null {
    return this.#view.get(this.#shop.keys.progress(this.#node, this.#step.id))?.value ?? null;
  }

  /** It has claimed its role, and told its end already or still can: one that is cut off tells once it is back. */
  async mayAnswer(signal: AbortSignal): Promise<boolean> {
    const { keys } = this.#shop;
    const told = await this.#read<Progress>(keys.progress(this.#node, this.#step.id), signal);
    if (told === null) return false;
    if (isFinal(told)) return true;
    const step = await this.#get(keys.step(this.#node, this.#step.id), signal);
    return step !== null && !(await this.#isDead(told, signal));
  }

  async address(signal: AbortSignal): Promise<string | null> {
    const alive = await this.#read<Alive>(this.#shop.keys.alive(this.#node), signal);
    return alive?.address ?? null;
  }

  /** Proven so and not seen alive since, or booted anew without an agent that could tell what it saw before. */
  async #isDead(told: Claimed, signal: AbortSignal): Promise<boolean> {
    const { keys } = this.#shop;
    const record = await this.#read<FenceRecord>(keys.fence(this.#node), signal);
    const alive = await this.#read<Alive>(keys.alive(this.#node), signal);
    const item = await this.#get(keys.seen(this.#node), signal);
    const seen = item === null ? null : { ...decode<Seen>(item), revision: item.modRevision };
    if (alive === null && deathOf(record, { alive: null, seen }) !== null) return true;
    const agent = await this.#read<AgentPresence>(keys.agent(this.#node), signal);
    const status = await this.#read<NodeStatus>(keys.status(this.#node), signal);
    return isOverWithBoot(this.#step, told, { name: this.#node, alive, seen, agent, status });
  }

  async #read<T extends object>(key: string, signal: AbortSignal): Promise<T | null> {
    const item = await this.#get(key, signal);
    return item === null ? null : decode<T>(item);
  }

  #get(key: string, signal: AbortSignal): Promise<KeyValue | null> {
    const { store, clock, log } = this.#shop;
    return untilStored(() => store.get(key), { clock, log, what: key }, signal);
  }
}
