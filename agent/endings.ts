import type { VmName } from "../reconciler/model/names.ts";
import type { DomainEnd, Reading } from "./hypervisor/hypervisor.ts";

/**
 * Which ends of domains are our doing. A guest whose power button we pressed may go down after its stop was called off;
 * it did not switch itself off then.
 */
export class Endings {
  readonly #pressed = new Set<string>();
  readonly #isStopping: (vm: VmName) => boolean;

  constructor(isStopping: (vm: VmName) => boolean) {
    this.#isStopping = isStopping;
  }

  /** We asked this run of a domain to end. */
  asked(domainId: string): void {
    this.#pressed.add(domainId);
  }

  /** Whether we asked this run to end, as far as this agent remembers. */
  readonly isAsked = (domainId: string): boolean => this.#pressed.has(domainId);

  readonly isOurs = (end: DomainEnd): boolean => {
    if (this.#isStopping(end.vm)) return true;
    return this.#pressed.has(end.id) && (end.cause === "guest" || end.cause === "cut");
  };

  /** Lets go of runs that are neither there nor remembered as ended. */
  prune({ domains, ended }: Reading): void {
    const known = new Set([...domains.map(({ id }) => id), ...ended.map(({ id }) => id)]);
    for (const id of this.#pressed) if (!known.has(id)) this.#pressed.delete(id);
  }
}
