import type { Clock } from "../../../reconciler/model/clock.ts";
import { type DomainRef, errorCodes, type JobStats, LibvirtError, LinkError } from "../../libvirt/index.ts";

/** silent: it does not answer, because the guest's process hangs or something long is being done to it. */
export type JobAnswer = JobStats | "silent";

interface Options {
  readonly clock: Clock;
  readonly ask: (domain: DomainRef) => Promise<JobStats>;
}

/**
 * What is being done to each domain, without waiting for one whose process hangs. libvirt lets such a question wait for
 * whatever else waits for that process, and takes on few questions at once: so a domain that owes an answer is not asked
 * again, and nobody waits for it.
 */
export class JobQuestions {
  readonly #options: Options;
  readonly #owing = new Set<string>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** @throws what libvirt, or the way to it, says instead */
  async ask(domain: DomainRef, patienceMs: number): Promise<JobAnswer> {
    const { uuid } = domain;
    if (this.#owing.has(uuid)) return "silent";
    const { clock, ask } = this.#options;
    return await new Promise((resolve, reject) => {
      const cancel = clock.timer(patienceMs, () => {
        this.#owing.add(uuid);
        resolve("silent");
      });
      ask(domain)
        .catch(silentOr)
        .finally(() => {
          cancel();
          this.#owing.delete(uuid);
        })
        .then(resolve, reject);
    });
  }
}

function silentOr(error: unknown): JobAnswer {
  const isLate = error instanceof LinkError && error.code === "timeout";
  if (isLate || (error instanceof LibvirtError && error.code === errorCodes.operationTimeout))
    return "silent";
  throw error;
}
