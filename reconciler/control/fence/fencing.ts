/**
 * Fencing as one leader does it, for one term: looks at every node that is silent or was, says what is to be written,
 * and carries out the power commands that the records ask for. What it remembers is what only its own eyes and its own
 * monotonic clock can tell; a new leader begins without.
 */
import type { Clock } from "../../model/clock.ts";
import { deathOf, type FenceRecord, incidentId } from "../../model/fence.ts";
import type { Cluster } from "../../model/desired.ts";
import type { NodeName, VmName } from "../../model/names.ts";
import { soonest } from "../../model/soonest.ts";
import { type NodeFacts, readNodes } from "../../plan/node-facts.ts";
import { hasStrangers } from "../../plan/vm-facts.ts";
import { isWorthFencing } from "../../plan/worth-fencing.ts";
import { requestId } from "../requests.ts";
import type { Decision, Writer } from "../transactions.ts";
import type { Attention, Unheard } from "./attention.ts";
import { askingMs, type Next, type NodeCase } from "./case.ts";
import { ClockWatch } from "./clock-watch.ts";
import { isPlacedOn, ownedBy } from "./deaths.ts";
import type { FenceDevices } from "./fence-device.ts";
import { writeFence } from "./journal.ts";
import type { ImageStore } from "./image-store.ts";
import { imagesOf } from "./images-of.ts";
import { addressesOf, fieldsInForce, kitInForce, writeLastFields } from "./last-fields.ts";
import { writeLease } from "./lease.ts";
import {
  endsByTime,
  isLeftAlone,
  maintenanceChangesInMs,
  maintenanceOf,
  writeMaintenance,
} from "./maintenance.ts";
import { nextOf } from "./next.ts";
import type { StoreMembers } from "./store-members.ts";
import { Stopwatch } from "./stopwatch.ts";
import { permitted, whyNotCut } from "./permitted.ts";
import { Past } from "./past.ts";
import { isRecovered, outcomesOf, type RecoverySight } from "./recovered.ts";
import { inTurn, type Survey, survey } from "./survey.ts";
import { FenceTasks } from "./tasks.ts";
import { judge, type Verdict } from "./verdict.ts";
import { nothingWatched, type SilentNode, type Watch, watch } from "./watch.ts";

export interface FencingOptions {
  readonly clock: Clock;
  readonly devices: FenceDevices;
  readonly images: ImageStore;
  readonly attention: Attention;
  readonly members: StoreMembers;
  /** Of the machine that this leader runs on; null: nobody knows. */
  readonly bootId: string | null;
  /** The create revision of the leader's key. */
  readonly term: number;
  /** Whether that term still lasts, by the store. */
  readonly mayCut: (signal: AbortSignal) => Promise<boolean>;
  /** Called when a power command has ended: it is worth another look. */
  readonly onEnd: () => void;
}

/** What one look is made at. */
export interface Sight extends RecoverySight {
  readonly writer: Writer;
}

export interface Look {
  readonly transactions: readonly Decision[];
  /** When to look again though nothing is heard; null: never. */
  readonly wakeInMs: number | null;
  /** Only another leader may judge this silence: of the leader's own host. Null: there is none such. */
  readonly othersToJudge: string | null;
}

/** What the fencing of one node depends on. */
interface Around extends Survey {
  /** All nodes. */
  readonly facts: ReadonlyMap<NodeName, NodeFacts>;
  /** By maintenance. */
  readonly isAlone: boolean;
}

export class Fencing {
  readonly #options: FencingOptions;
  readonly #tasks: FenceTasks;
  readonly #foreign = new Stopwatch();
  readonly #alive = new Stopwatch();
  readonly #clockWatch: ClockWatch;
  readonly #past: Past;
  #watch: Watch = nothingWatched;
  #othersToJudge: string | null = null;

  /** Ends with `signal`, and with it what it has under way. */
  constructor(options: FencingOptions, signal: AbortSignal) {
    this.#options = options;
    this.#clockWatch = new ClockWatch(options.clock);
    this.#past = new Past(options.clock);
    this.#tasks = new FenceTasks(options.clock, signal, options.onEnd);
  }

  look(sight: Sight): Look {
    const { state, input, writer } = sight;
    const { attention, clock } = this.#options;
    const monotonic = clock.monotonic();
    const facts = readNodes(input);
    const nodes = [...facts.values()];
    const times = this.#clockWatch.times(endsByTime(state));
    const effective = maintenanceOf(state, times);
    const isAlone = ({ name }: NodeFacts) => isLeftAlone(effective, name);
    let around = survey(nodes, input.desired.cluster, this.#past);
    const silent = nodes.filter(isSilent);
    attention.watchOver(silent.map((node) => unheard(node, fieldsInForce(node, state)?.address ?? null)));
    const watched = silent.map((node) => silentNode(node, isAlone(node), around, attention));
    this.#watch = watch(this.#watch, watched, { monotonic, interruptedAt: attention.interruptedAt });
    const maintained = writeMaintenance(writer, state, effective, times);
    const lease = writeLease(writer, state);
    const transactions: Decision[] = [
      ...[maintained, lease].filter((one) => one !== null),
      ...writeLastFields(writer, state, facts),
    ];
    let wakeInMs = maintenanceChangesInMs(state, times);
    this.#othersToJudge = null;
    for (const node of inTurn(nodes, this.#watch)) {
      const it = this.#caseOf(node, sight, { ...around, facts, isAlone: isAlone(node) }, monotonic);
      if (deathOf(node.fence, node.observed) === null) this.#tasks.endRelease(node.name);
      if (it.powersOn !== "yes") this.#tasks.endPowerOn(node.name);
      const next = nextOf(it);
      const isRound = next.write?.record?.phase === "cutting";
      // It is written down in this very turn; the round begins in the next one.
      if (isRound && maintained !== null) continue;
      if (next.write !== null) transactions.push(writeFence(writer, state, it, next.write));
      if (isRound) around = { ...around, cutting: node.name };
      if (next.run !== null) this.#run(node, sight, next.run);
      wakeInMs = soonest(wakeInMs, next.wakeInMs);
    }
    return { transactions, wakeInMs, othersToJudge: this.#othersToJudge };
  }

  /** Resolves once none of its power commands is under way any more. */
  async ended(): Promise<void> {
    await this.#tasks.ended();
  }

  #caseOf(node: NodeFacts, sight: Sight, around: Around, monotonic: number): NodeCase {
    const { state, input, writer } = sight;
    const { attention, term } = this.#options;
    const { cluster } = input.desired;
    const { name, observed } = node;
    const record = state.fences.get(name) ?? null;
    const alive = observed?.alive ?? null;
    const foreign = record?.phase === "cutting" && record.term !== term ? `${record.term}` : null;
    return {
      node: name,
      record,
      alive,
      seen: observed?.seen ?? null,
      isKnown: node.health !== "unseen",
      lastBoot: observed?.status?.session.bootId ?? null,
      now: writer.now,
      monotonic,
      term,
      isLeadersHost: this.#isLeadersHost(node),
      verdict: () => this.#judge(node, sight, around, monotonic),
      foreignForMs: this.#foreign.look(name, foreign, monotonic),
      aliveForMs: this.#alive.look(name, alive?.lease ?? null, monotonic),
      task: this.#tasks.get(name),
      releasing: this.#tasks.releasing(name),
      answers: attention.hasAsked(name) ? attention.answers(name) : null,
      confirmed: state.requests.get(requestId("confirm-dead", name)) ?? null,
      acknowledged: state.requests.get(requestId("acknowledge", name)) ?? null,
      replaced: state.requests.get(requestId("replace", name)) ?? null,
      owns: () => ownedBy(state, name),
      withImages: () => ownedBy(state, name).filter((vm) => imagesOf(state, vm).length > 0),
      isRecovered: () => isRecovered(node, sight),
      outcomes: () => outcomesOf(node, sight),
      isCleared: () => node.health === "ok" && !hasStrangers(input, around.facts, name),
      returnsAfterMs: cluster.fencing.return.mode === "auto" ? cluster.fencing.return.afterMs : null,
      powersOn: powersOn(node, cluster, around.isAlone),
    };
  }

  #judge(node: NodeFacts, { state, input }: Sight, around: Around, monotonic: number): Verdict {
    const { name } = node;
    const { cluster } = input.desired;
    const { devices, attention, members } = this.#options;
    const since = this.#watch.get(name)?.since ?? monotonic;
    const leftMs = since + cluster.fencing.graceMs - monotonic;
    const verdict = judge({
      node: name,
      leftMs: attention.hasAsked(name) ? leftMs : Math.max(leftMs, askingMs),
      answers: attention.answers(name),
      inMaintenance: around.isAlone,
      isOnlyNode: around.isOnlyNode,
      isStorm: around.isStorm,
      isWorthIt: () => hasBegun(node.fence) || isWorthFencing(input, name),
      isLeadersHost: this.#isLeadersHost(node),
      keepsQuorum: members.keepsQuorumWithout(addressesOf(node, state)),
      hour: {
        others: countOthers(around.fencedInHour, name),
        proven: countOthers(around.provenInHour, name),
        bound: around.bound,
        asked: node.fence !== null && "asked" in node.fence && node.fence.asked,
      },
      whyNoProof: () => {
        const kit = kitInForce(devices, node, state);
        return kit.usable ? null : kit.why;
      },
      busyWith: around.cutting === name ? null : around.cutting,
    });
    const isForOthers = verdict.is === "lost" && verdict.why.code === "leaders-host";
    if (isForOthers) this.#othersToJudge = incidentId(node.observed?.seen ?? null);
    return verdict;
  }

  #isLeadersHost({ observed }: NodeFacts): boolean {
    const { bootId } = this.#options;
    return bootId !== null && observed?.seen?.bootId === bootId;
  }

  #run(node: NodeFacts, it: Sight, { kind, key }: NonNullable<Next["run"]>): void {
    const { devices, images, mayCut, members } = this.#options;
    const { state } = it;
    if (kind === "release") {
      const held = Object.keys((node.fence !== null && "proof" in node.fence && node.fence.unreleased) || {});
      const ofVms = new Map(
        held.map((vm) => [vm, { names: imagesOf(state, vm), mayBeOthers: mayBeOthers(it, vm, node.name) }]),
      );
      this.#tasks.release(
        node.name,
        key,
        permitted(images, mayCut),
        new Set(addressesOf(node, state)),
        ofVms,
      );
      return;
    }
    const kit = kitInForce(devices, node, state);
    if (!kit.usable) this.#tasks.giveUp(node.name, kind, key, kit.why);
    else if (kind === "power-on") this.#tasks.powerOn(node.name, key, kit.devices);
    else if (kind === "reading") this.#tasks.reading(node.name, key, kit.devices);
    else {
      const addresses = addressesOf(node, state);
      const keepsQuorum = () => members.keepsQuorumWithout(addresses);
      this.#tasks.round(node.name, key, kit.devices, whyNotCut(node.name, mayCut, keepsQuorum));
    }
  }
}

function powersOn({ document }: NodeFacts, { fencing }: Cluster, isAlone: boolean): NodeCase["powersOn"] {
  if (document === null) return "never";
  return fencing.powerOn && !isAlone ? "yes" : "not-now";
}

/** It is not that node's, or is seen to run on another one. */
function mayBeOthers({ state, planned: { vms } }: Sight, vm: VmName, than: NodeName): boolean {
  const view = vms.get(vm);
  return !isPlacedOn(state, vm, than) || (view?.runs === true && view.node !== than);
}

function countOthers(nodes: ReadonlySet<NodeName>, name: NodeName): number {
  return nodes.has(name) ? nodes.size - 1 : nodes.size;
}

/** Without a lease, after it had one, and not proven dead. */
function isSilent({ observed, health, fence }: NodeFacts): boolean {
  return observed?.alive === null && health !== "unseen" && deathOf(fence, observed) === null;
}

function unheard({ name, observed }: NodeFacts, address: string | null): Unheard {
  const seen = observed?.seen ?? null;
  const told = seen?.answersAt ?? null;
  const place = told === null ? null : { ...told, address: told.address ?? address };
  return { node: name, incident: incidentId(seen), bootId: seen?.bootId ?? null, place };
}

function silentNode(
  node: NodeFacts,
  isAlone: boolean,
  { isStorm }: Survey,
  attention: Attention,
): SilentNode {
  return {
    node: node.name,
    incident: incidentId(node.observed?.seen ?? null),
    shielded: isStorm || isAlone,
    answeredAt: attention.answeredAt(node.name),
  };
}

/** Rounds that were begun are brought to an end: the node may be off by now, and nobody else switches it on again. */
function hasBegun(fence: FenceRecord | null): boolean {
  return fence?.phase === "failed" && fence.round > 0;
}
