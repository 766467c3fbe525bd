/**
 * A control loop that quarrels with itself releases steps for one VM and calls them off, over and over, as fast as the
 * messages go. People's edits and guests that crash give far fewer.
 */
import type { VmName } from "../../reconciler/model/names.ts";
import type { ReleasedStep } from "../../reconciler/model/journal.ts";

const withinMs = 10_000;
const most = 30;

export class Restlessness {
  readonly #last = new Map<VmName, string>();
  /** When the VM's last steps were first seen, in epoch milliseconds. */
  readonly #times = new Map<VmName, number[]>();

  /** The VM that was given too many steps of late, or null. */
  heed(released: ReadonlyMap<VmName, ReleasedStep>, now: number): VmName | null {
    for (const [vm, { step }] of released) {
      if (this.#last.get(vm) === step.id) continue;
      this.#last.set(vm, step.id);
      const times = (this.#times.get(vm) ?? []).filter((at) => at > now - withinMs);
      this.#times.set(vm, [...times, now]);
      if (times.length >= most) return vm;
    }
    return null;
  }
}
