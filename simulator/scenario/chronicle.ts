/** Writes down what happens in a simulation, and lets the referee judge it. */
import type { GuestEvent } from "../../agent/hypervisor/simulated/guest-event.ts";
import type { FencePhase, FenceRecord } from "../../reconciler/model/fence.ts";
import type { NodeName, VmName } from "../../reconciler/model/names.ts";
import { unreachable } from "../../reconciler/model/unreachable.ts";
import type { ClusterState } from "../../reconciler/control/cluster-state.ts";
import type { ReleasedStep } from "../../reconciler/model/journal.ts";
import type { LogEntry } from "./log.ts";
import type { Referee } from "./referee.ts";

type MigrationResult = Extract<GuestEvent, { readonly kind: "migrate-end" }>["result"];

/** What an entry says; when is added. */
export type Telling = LogEntry extends infer Entry
  ? Entry extends LogEntry
    ? Omit<Entry, "at">
    : never
  : never;

export interface ChronicleOptions {
  readonly referee: Referee;
  readonly state: () => ClusterState;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The same, since the beginning; what happened before it is not told. */
  readonly seconds: () => number;
}

export class Chronicle {
  readonly log: LogEntry[] = [];
  readonly #options: ChronicleOptions;
  readonly #homes = new Map<VmName, NodeName | null>();
  /** What each VM is, whatever it is called. */
  readonly #uuids = new Map<VmName, string>();
  /** By the step's id, in epoch milliseconds. */
  #firstSeen: ReadonlyMap<string, number> = new Map();
  readonly #fences = new Map<NodeName, { readonly phase: FencePhase; readonly round: number | null }>();
  #leader: string | null = null;

  constructor(options: ChronicleOptions) {
    this.#options = options;
  }

  tell(telling: Telling): void {
    const at = this.#options.seconds();
    if (at >= 0) this.log.push({ at, ...telling });
  }

  refuse(what: string, why: string): void {
    this.tell({ kind: "refused", what, why });
  }

  witness(event: GuestEvent): void {
    const { vm, node, epoch } = event;
    const { referee, state, now } = this.#options;
    const released = state().released().get(vm);
    referee.witness(event, released === undefined ? now() : this.#decidedAt(released));
    const of = { vm, node, epoch, step: released?.step.id ?? null };
    switch (event.kind) {
      case "start":
        this.tell({ kind: "start", ...of });
        return;
      case "stop":
        this.tell({ kind: "stop", ...of, method: event.method });
        return;
      case "migrate-begin":
        this.tell({ kind: "migrate-begin", ...of, to: event.to });
        return;
      case "migrate-end":
        this.tell({ kind: "migrate-end", ...of, to: event.to, result: resultOf(event.result, released) });
        return;
      case "resume":
      case "discard":
      case "relabel":
        return;
      default:
        unreachable(event);
    }
  }

  /**
   * Just before it was there to be seen: it was written only where what was applied was still the same. Its leader's clock
   * may be wrong.
   */
  #decidedAt({ step }: ReleasedStep): number {
    return (this.#firstSeen.get(step.id) ?? this.#options.now()) - 1;
  }

  /** The records have changed. */
  heed(): void {
    const state = this.#options.state();
    const before = this.#firstSeen;
    const now = this.#options.now();
    this.#firstSeen = new Map(
      [...state.released().values()].map(({ step: { id } }) => [id, before.get(id) ?? now]),
    );
    const leader = state.leader?.id ?? null;
    if (leader !== this.#leader) {
      this.#leader = leader;
      this.tell({ kind: "leader", id: leader });
    }
    for (const [vm, { uuid }] of state.identities) this.#uuids.set(vm, uuid);
    for (const [vm, { placement }] of state.placements) this.#heedHome(vm, placement.home);
    for (const vm of this.#homes.keys()) {
      if (!state.placements.has(vm)) this.#heedEnd(vm, state);
    }
    for (const node of new Set([...state.fences.keys(), ...this.#fences.keys()])) {
      this.#heedFence(node, state.fences.get(node) ?? null);
    }
  }

  #heedFence(node: NodeName, record: FenceRecord | null): void {
    const phase = record?.phase ?? "closed";
    const round = record !== null && "round" in record ? record.round : null;
    const before = this.#fences.get(node) ?? null;
    if (before?.phase === phase && before.round === round) return;
    this.#fences.set(node, { phase, round });
    // A silence that is only watched is no fencing.
    const isWatched = phase === "suspect" || phase === "lost" || (phase === "failed" && round === 0);
    const wasWatched =
      before === null || before.phase === "suspect" || before.phase === "lost" || before.round === 0;
    if (isWatched || (phase === "closed" && wasWatched)) return;
    this.tell({ kind: "fence", node, phase });
    if (record?.phase !== "cutting") return;
    this.#options.referee.cutting(node, this.#options.now() - 1);
  }

  #heedHome(vm: VmName, home: NodeName | null): void {
    const before = this.#homes.get(vm) ?? null;
    this.#homes.set(vm, home);
    if (before === home) return;
    const { referee, now, seconds } = this.#options;
    this.tell({ kind: "home", vm, node: home });
    if (seconds() >= 0) referee.homeChanged(vm, before, home, now());
  }

  /** A VM that goes on under another name is not gone. */
  #heedEnd(vm: VmName, state: ClusterState): void {
    this.#homes.delete(vm);
    const uuid = this.#uuids.get(vm);
    const isRenamed = [...state.identities].some(([other, same]) => other !== vm && same.uuid === uuid);
    if (!isRenamed) this.#options.referee.destroyed(vm);
  }
}

/** Given up for want of progress it has failed; aborted is what nobody wants any more. */
function resultOf(result: MigrationResult, released: ReleasedStep | undefined): MigrationResult {
  return result === "aborted" && released?.cancel === false ? "failed" : result;
}
