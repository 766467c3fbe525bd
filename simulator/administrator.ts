/** What administrators do to a simulated cluster: the commands of keel, by the same code. */
import type { ClusterFeed } from "../reconciler/control/cluster-feed.ts";
import { commitProposal } from "../reconciler/control/commit.ts";
import type { Head } from "../reconciler/control/desired-objects.ts";
import { acknowledgementOf, confirmationOf } from "../reconciler/control/fence/words.ts";
import { propose } from "../reconciler/control/propose.ts";
import {
  destructionOf,
  requestId,
  type Wish,
  withdrawRequest,
  writeRequest,
} from "../reconciler/control/requests.ts";
import type { LoadResult } from "../reconciler/desired/load-result.ts";
import { resolveDocuments } from "../reconciler/desired/resolve-documents.ts";
import { ResolveMemory } from "../reconciler/desired/resolve/resolve-memory.ts";
import { judgeSource } from "../reconciler/desired/suspect-source.ts";
import type { Clock } from "../reconciler/model/clock.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import type { NodeName, ObjectId, VmName } from "../reconciler/model/names.ts";
import type { ClusterKeys } from "../reconciler/store/keys.ts";
import type { Store } from "../reconciler/store/store.ts";
import { SeededRandom } from "./seeded-random.ts";

export interface AdministratorOptions {
  readonly keys: ClusterKeys;
  readonly feed: ClusterFeed;
  readonly clock: Clock;
  /** null while it cannot be reached. */
  readonly store: () => Store | null;
}

export class Administrator {
  readonly #options: AdministratorOptions;
  readonly #memory = new ResolveMemory();
  /** For identities: the same in each run. */
  readonly #random = new SeededRandom(1);

  constructor(options: AdministratorOptions) {
    this.#options = options;
  }

  /** What the documents mean, or what is wrong with them. */
  check(documents: ReadonlyMap<ObjectId, unknown>): LoadResult {
    return resolveDocuments(documents, { host: "here", simulated: true, memory: this.#memory });
  }

  /** Applies what `check` made of documents, as `keel apply -y` does. @throws KeelError where it would refuse them */
  async apply(loaded: LoadResult): Promise<Head> {
    const { clock, feed, keys } = this.#options;
    const verdict = judgeSource(feed.state.applied.documents.keys(), loaded);
    if (!loaded.ok) throw refusal(loaded.issues.map((issue) => issue.message).join("; "));
    if (verdict.kind !== "ok") throw refusal(verdict.kind === "suspect" ? verdict.message : verdict.kind);
    const store = this.#store();
    const options = {
      now: clock.now(),
      random: (count: number) => this.#random.bytes(count),
      allowDestroy: null,
      warnings: [],
    };
    const proposal = propose(feed.state, loaded, options);
    const by = { by: "simulator", now: clock.now(), commit: null, host: "here" };
    return commitProposal(store, keys, proposal, by);
  }

  /** @throws KeelError where what it names is not there */
  async request(wish: Wish): Promise<void> {
    const { clock, feed, keys } = this.#options;
    const { desired, nodes, placements } = feed.state;
    const isThere =
      "vm" in wish
        ? desired.vms.has(wish.vm) || placements.has(wish.vm)
        : wish.node === null || desired.nodes.has(wish.node) || nodes.get(wish.node) !== null;
    if (!isThere) throw refusal(`there is no ${"vm" in wish ? `VM ${wish.vm}` : `node ${wish.node ?? ""}`}`);
    await writeRequest(this.#store(), keys, wish, { by: "simulator", now: clock.now() });
  }

  /** As `keel approve vm/NAME --destroy`. @throws KeelError where no document wants it absent, or it is protected */
  async approve(vm: VmName, disks: readonly string[]): Promise<void> {
    const { desired, identities } = this.#options.feed.state;
    const document = desired.vms.get(vm);
    if (document?.state !== "absent") throw refusal(`no document wants ${vm} absent`);
    if (document.protect) throw refusal("`protect: true` stands");
    await this.request(destructionOf(document, identities.get(vm) ?? null, disks));
  }

  /** As `keel node confirm-dead NAME`. @throws KeelError where it would be refused */
  async confirmDead(node: NodeName): Promise<void> {
    await this.request(confirmationOf(this.#options.feed.state, node));
  }

  /** As `keel node ready NAME` of a node that is ready by its document. @throws KeelError where it would be refused */
  async acknowledge(node: NodeName): Promise<void> {
    await this.request(acknowledgementOf(this.#options.feed.state, node));
  }

  /** As `keel maintenance on --override`, or `off`; `node`: null is the whole cluster. @throws KeelError where there is none */
  async override(node: NodeName | null, forMs: number | null): Promise<void> {
    const { clock, feed, keys } = this.#options;
    const { desired, requests } = feed.state;
    if (forMs !== null) {
      const wish = {
        kind: "maintenance",
        cluster: desired.cluster.name,
        node,
        reason: "a new switch",
      } as const;
      await writeRequest(this.#store(), keys, wish, { by: "simulator", now: clock.now(), forMs });
      return;
    }
    const request = requests.get(requestId("maintenance", node ?? ""));
    if (request === undefined) throw refusal("there is none");
    await withdrawRequest(this.#store(), keys, request);
  }

  #store(): Store {
    const store = this.#options.store();
    if (store === null) throw refusal("the store cannot be reached");
    return store;
  }
}

function refusal(why: string): KeelError {
  return new KeelError("refused", { what: "The simulated command", why, advice: "Nothing was changed." });
}
