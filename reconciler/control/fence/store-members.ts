/**
 * Whether the store would go on without a node: which of its members run there, by the addresses that both tell, and which
 * answer. Asked for while some node is silent; until the answer is there, it is not known.
 */
import type { Clock } from "../../model/clock.ts";
import type { StoreMaintenance, StoreMember } from "../../store/maintenance.ts";
import { StoreError } from "../../store/store.ts";

export interface StoreMembersOptions {
  readonly clock: Clock;
  /** Left out: the store is none of this cluster's nodes' business. */
  readonly maintenance: Pick<StoreMaintenance, "status"> | undefined;
  /** The addresses of a name, none where it has none; never rejects. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  /** Whether anybody wants to know, now. */
  readonly isWanted: () => boolean;
  /** Called when the members are known, and were not. */
  readonly onChange: () => void;
}

const everyMs = 1_000;
/** So many looks pass between two askings. */
const looksBetween = 5;

export class StoreMembers {
  readonly #options: StoreMembersOptions;
  #members: readonly StoreMember[] | null = null;

  constructor(options: StoreMembersOptions) {
    this.#options = options;
  }

  /** Until aborted; then returns. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, maintenance, isWanted } = this.#options;
    let looks = 0;
    try {
      while (maintenance !== undefined) {
        if (!isWanted()) this.#members = null;
        else if (this.#members === null || looks % looksBetween === 0) await this.#ask(maintenance);
        looks += 1;
        await clock.sleep(everyMs, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Null: not known. `addresses`: of the node. */
  keepsQuorumWithout(addresses: readonly string[]): boolean | null {
    if (this.#options.maintenance === undefined) return true;
    return this.#members === null ? null : keepsQuorum(this.#members, addresses);
  }

  async #ask(maintenance: Pick<StoreMaintenance, "status">): Promise<void> {
    const before = this.#members;
    try {
      this.#members = await placedMembers(maintenance, this.#options.resolve);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#members = null;
    }
    if (before === null && this.#members !== null) this.#options.onChange();
  }
}

/** The members, with the addresses of their hosts' names. @throws StoreError where none answers */
export async function placedMembers(
  maintenance: Pick<StoreMaintenance, "status">,
  resolve: StoreMembersOptions["resolve"],
): Promise<readonly StoreMember[]> {
  const { members } = await maintenance.status();
  return Promise.all(
    members.map(async (member) => {
      const found = await Promise.all(member.hosts.map(resolve));
      return { ...member, hosts: [...member.hosts, ...found.flat()] };
    }),
  );
}

/** Whether more than half of all members that have a vote answer and are elsewhere. */
export function keepsQuorum(members: readonly StoreMember[], addresses: readonly string[]): boolean {
  const there = new Set(addresses.map(comparable));
  const voters = members.filter(({ learner }) => !learner);
  const others = voters.filter(
    ({ problem, hosts }) => problem === null && !hosts.some((host) => there.has(comparable(host))),
  );
  return others.length > voters.length / 2;
}

function comparable(host: string): string {
  return host.replace(/^\[|\]$/gu, "").toLowerCase();
}
