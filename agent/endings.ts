import type { Reading } from "./hypervisor/hypervisor.ts";

/**
 * The runs of domains that this agent asked to end. A guest whose power button we pressed may go down after its stop was
 * called off; it did not switch itself off then.
 */
export class Endings {
  readonly #pressed = new Set<string>();

  /** We asked this run of a domain to end. */
  asked(domainId: string): void {
    this.#pressed.add(domainId);
  }

  readonly isAsked = (domainId: string): boolean => this.#pressed.has(domainId);

  /** Lets go of runs that are neither there nor remembered as ended. */
  prune({ domains, ended }: Reading): void {
    const known = new Set([...domains.map(({ id }) => id), ...ended.map(({ id }) => id)]);
    for (const id of this.#pressed) if (!known.has(id)) this.#pressed.delete(id);
  }
}
