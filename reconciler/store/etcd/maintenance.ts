import { AlarmAction, AlarmType } from "etcd3";
import type { Clock } from "../../model/clock.ts";
import type { StoreMaintenance, StoreStatus } from "../maintenance.ts";
import { StoreError, type Revision } from "../store.ts";
import { Calls } from "./calls.ts";
import { Endpoints, type EndpointOptions } from "./endpoints.ts";
import { failureOf, isCompacted, plainText } from "./failure.ts";
import { askMembers, type Member } from "./members.ts";
import { leads, statusOfMembers } from "./status-of-members.ts";

/** Compacting and defragmenting take as long as the files are large. */
const longWorkMs = 120_000;

/** Maintenance of an etcd, real or embedded. All methods throw `StoreError` only. */
export class EtcdMaintenance implements StoreMaintenance {
  readonly #options: EndpointOptions;
  readonly #endpoints: Endpoints;
  readonly #clock: Clock;
  readonly #calls: Calls;
  readonly #longCalls: Calls;

  /** `endpoints` are somebody else's to close. */
  constructor(endpoints: Endpoints, options: EndpointOptions) {
    this.#options = options;
    this.#endpoints = endpoints;
    this.#clock = options.clock;
    this.#calls = new Calls(endpoints, options.clock, options.requestTimeoutMs);
    this.#longCalls = new Calls(endpoints, options.clock, longWorkMs);
  }

  async status(): Promise<StoreStatus> {
    return this.#withMembers(async (members) => {
      const status = statusOfMembers(members);
      if (status === null) throw this.#silence(members);
      return status;
    });
  }

  /** Resolves once the files are rid of what is forgotten, so that defragmenting them next wins it back. */
  async compact(revision: Revision): Promise<void> {
    try {
      await this.#longCalls.repeatable(({ kv }, options) =>
        kv.compact({ revision, physical: true }, options),
      );
    } catch (error) {
      if (!isCompacted(error)) throw error;
    }
  }

  /**
   * Followers first; a member answers nobody while its turn is. Throws at the end where one could not be reached or
   * did not do it: the others did.
   */
  async defragment(): Promise<void> {
    await this.#withMembers(async (members) => {
      let failed: StoreError | null = null;
      for (const member of members.toSorted((a, b) => Number(leads(a)) - Number(leads(b)))) {
        failed = (await this.#defragmentOne(member)) ?? failed;
      }
      if (failed !== null) throw failed;
    });
  }

  async disarm(): Promise<void> {
    const { alarms } = await this.#calls.repeatable(({ maintenance }, options) =>
      maintenance.alarm({ action: AlarmAction.Get, alarm: AlarmType.Nospace }, options),
    );
    for (const { memberID } of alarms) {
      const request = { action: AlarmAction.Deactivate, memberID, alarm: AlarmType.Nospace };
      await this.#calls.repeatable(({ maintenance }, options) => maintenance.alarm(request, options));
    }
  }

  /** Clients of members that this one was not told of live as long as the work. */
  async #withMembers<T>(work: (members: readonly Member[]) => Promise<T>): Promise<T> {
    const { members } = await this.#calls.repeatable(({ cluster }, options) =>
      cluster.memberList({}, options),
    );
    const others: Endpoints[] = [];
    try {
      const asked = await askMembers({
        members,
        endpoints: this.#endpoints.all,
        reach: (address) => {
          const reached = new Endpoints({ ...this.#options, endpoints: [address] });
          others.push(reached);
          return reached.nth(0);
        },
        deadline: () => this.#clock.now() + this.#options.requestTimeoutMs,
      });
      return await work(asked);
    } finally {
      for (const other of others) other.close();
    }
  }

  async #defragmentOne({ name, endpoint, answer }: Member): Promise<StoreError | null> {
    if (endpoint === null) return null;
    try {
      if (answer.kind === "none") throw answer.cause;
      await endpoint.client.maintenance.defragment({ deadline: this.#clock.now() + longWorkMs });
      return null;
    } catch (thrown) {
      const failure = failureOf(thrown);
      if (failure.kind === "refused") return failure.error;
      const text = `the member ${name} at ${endpoint.address} was not defragmented: ${plainText(failure.cause)}`;
      return new StoreError("unreachable", text, { cause: thrown });
    }
  }

  #silence(members: readonly Member[]): StoreError {
    const causes = members.flatMap(({ answer }) => (answer.kind === "none" ? [answer.cause] : []));
    const said = causes.map(plainText).join("; ");
    const text = `no member of the store at ${this.#endpoints.addresses} says how it is: ${said}`;
    return new StoreError("unreachable", text);
  }
}
