/** What was wanted when: who judges a step must know what held when it was decided, and what has been edited since. */
import type { Desired, Vm } from "../../reconciler/model/desired.ts";
import type { VmName } from "../../reconciler/model/names.ts";

interface Intent {
  readonly from: number;
  readonly desired: Desired;
}

export class Intents {
  readonly #history: Intent[] = [];

  add(from: number, desired: Desired): void {
    this.#history.push({ from, desired });
  }

  /** null: nothing was applied yet. */
  latest(): Desired | null {
    return this.#history.at(-1)?.desired ?? null;
  }

  /** What was in force then; null: nothing yet. */
  at(time: number): Desired | null {
    return this.#history.findLast(({ from }) => from <= time)?.desired ?? null;
  }

  /**
   * What its document said at any moment since `since`; null where there was none. One that is being renamed has none by
   * its former name any more, and goes by that until it is.
   */
  since(since: number, vm: VmName): readonly (Vm | null)[] {
    const first = this.#history.findLastIndex(({ from }) => from <= since);
    return this.#history.slice(Math.max(0, first)).map(({ desired: { vms } }) => {
      const renamed = [...vms.values()].find(({ renamedFrom }) => renamedFrom === vm);
      return vms.get(vm) ?? renamed ?? null;
    });
  }
}
