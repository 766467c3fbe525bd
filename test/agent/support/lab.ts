import assert from "node:assert/strict";

import type { GuestEvent } from "../../../agent/hypervisor/simulated/guest-event.ts";
import { SimulatedNetwork } from "../../../agent/hypervisor/simulated/network.ts";
import type { SimulatedHardware, SimulatedTimes } from "../../../agent/hypervisor/simulated/settings.ts";
import type { FenceRecord } from "../../../reconciler/model/fence.ts";
import type { StepRecord } from "../../../reconciler/model/journal.ts";
import type { NodeStatus, ObservedDomain } from "../../../reconciler/model/observed.ts";
import { type Placement, unplaced } from "../../../reconciler/model/placement.ts";
import { isFinal, nodesOf, type Progress, type Step } from "../../../reconciler/model/step.ts";
import { decode, encode } from "../../../reconciler/store/codec.ts";
import { StoreCore } from "../../../reconciler/store/core/store-core.ts";
import { clusterKeys } from "../../../reconciler/store/keys.ts";
import { MemoryStore } from "../../../reconciler/store/memory/memory-store.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { type AgentSettings, LabNode } from "./lab-node.ts";

type WithoutTime<P> = P extends unknown ? Omit<P, "at"> : never;
export type TestProgress = WithoutTime<Progress>;

/** Nodes, a store and time under control; the test itself is the leader. */
export class Lab {
  readonly clock = new FakeClock();
  readonly core = new StoreCore({ clock: this.clock });
  readonly keys = clusterKeys("lab");
  readonly network = new SimulatedNetwork();
  /** What befell guests on all nodes, in order. */
  readonly events: GuestEvent[] = [];
  readonly #store = new MemoryStore({ core: this.core, clock: this.clock });
  readonly #nodes: LabNode[] = [];
  readonly #twins: string[] = [];

  get store(): MemoryStore {
    return this.#store;
  }

  /** A node whose heartbeat and agent are at work. */
  async node(
    name: string,
    settings: {
      readonly hardware?: Partial<SimulatedHardware>;
      readonly times?: Partial<SimulatedTimes>;
    } = {},
    agent: AgentSettings = {},
  ): Promise<LabNode> {
    const machine = this.network.add({ node: name, clock: this.clock, ...settings });
    machine.onGuest((event) => {
      this.events.push(event);
      this.#watchForTwins(event.vm);
    });
    const node = new LabNode(machine, this.clock, this.core);
    this.#nodes.push(node);
    node.startHeartbeat();
    node.startAgent(agent);
    await this.until(async () => (await this.status(name)) !== null, `${name} reports`);
    return node;
  }

  find(name: string): LabNode {
    const node = this.#nodes.find((candidate) => candidate.name === name);
    assert.ok(node !== undefined, `no node ${name}`);
    return node;
  }

  /** At no moment so far did two nodes run one VM. */
  assertNeverTwice(): void {
    assert.deepEqual(this.#twins, []);
  }

  /** Kills everything; at the end of each test. */
  async close(): Promise<void> {
    for (const node of this.#nodes) {
      await node.agent?.kill();
      await node.heartbeat?.kill();
    }
    await this.#store.close();
  }

  /** Lets time pass in small portions until something holds. */
  async until(holds: () => boolean | Promise<boolean>, what: string, limitMs = 120_000): Promise<void> {
    await this.clock.advance(0);
    for (let waited = 0; !(await holds());) {
      assert.ok(waited < limitMs, `not within ${limitMs} ms: ${what}`);
      const portion = waited < 2_000 ? 50 : 500;
      await this.clock.advance(portion);
      waited += portion;
    }
  }

  async place(vm: string, placement: Partial<Placement>): Promise<void> {
    await this.#put(this.keys.placement(vm), { ...unplaced, ...placement });
  }

  /** Writes a step for each of its nodes, together with the placement that it was planned on. */
  async release(step: Step, placement: Partial<Placement> = placementFor(step)): Promise<void> {
    const record: StepRecord = { step, releasedAt: this.clock.now(), cancel: false };
    const steps = nodesOf(step).map((node) => ({
      put: this.keys.step(node, step.id),
      value: encode(record),
    }));
    const value = encode({ ...unplaced, ...placement });
    await this.#store.transact({
      compare: [],
      then: [...steps, { put: this.keys.placement(step.vm), value }],
    });
  }

  /** Releases the step and lets time pass until each of its nodes has told its end. */
  async carryOut(step: Step, placement: Partial<Placement> = placementFor(step)): Promise<void> {
    await this.release(step, placement);
    await this.untilEnded(step);
  }

  async untilEnded(step: Step): Promise<void> {
    for (const node of nodesOf(step)) {
      await this.until(async () => isFinal(await this.progress(step, node)), `${step.id} ends on ${node}`);
    }
  }

  async untilClaimed(step: Step, node = step.node): Promise<void> {
    await this.until(async () => (await this.progress(step, node)) !== null, `${node} claims ${step.id}`);
  }

  async cancel(step: Step, node = step.node): Promise<void> {
    const record: StepRecord = { step, releasedAt: this.clock.now(), cancel: true };
    await this.#put(this.keys.step(node, step.id), record);
  }

  /** Takes back a step that nobody has claimed; its placement gets another revision. False: it is claimed. */
  async withdraw(step: Step): Promise<boolean> {
    const key = this.keys.placement(step.vm);
    const item = await this.#store.get(key);
    const placement = item === null ? unplaced : decode<Placement>(item);
    const { ok } = await this.#store.transact({
      compare: nodesOf(step).map((node) => ({ key: this.keys.progress(node, step.id), createRevision: 0 })),
      then: [
        ...nodesOf(step).map((node) => ({ delete: this.keys.step(node, step.id) })),
        { put: key, value: encode({ ...placement, moving: null }) },
      ],
    });
    return ok;
  }

  /** Removes the step and what was told of it, as the leader does when it is over. */
  async clear(step: Step): Promise<void> {
    const keys = nodesOf(step).flatMap((n) => [this.keys.step(n, step.id), this.keys.progress(n, step.id)]);
    await this.#store.transact({ compare: [], then: keys.map((key) => ({ delete: key })) });
  }

  progress(step: Step, node = step.node): Promise<Progress | null> {
    return this.#get(this.keys.progress(node, step.id));
  }

  /** Speaks for the agent of a node. */
  async tell(step: Step, node: string, progress: TestProgress): Promise<void> {
    await this.#put(this.keys.progress(node, step.id), { at: this.clock.now(), ...progress });
  }

  /** By a person's word, for its last life. */
  async proveDead(node: string): Promise<void> {
    const at = this.clock.now();
    const id = String((await this.#store.get(this.keys.seen(node)))?.modRevision ?? 0);
    const record: FenceRecord = {
      node,
      phase: "proven",
      incident: { id, machineId: null, bootId: null, since: at },
      proof: { by: "human", at, who: "ann" },
      vms: [],
      powerOn: "no",
      history: [at],
      quarantine: null,
    };
    await this.#put(this.keys.fence(node), record);
  }

  status(node: string): Promise<NodeStatus | null> {
    return this.#get(this.keys.status(node));
  }

  record(node: string, vm: string): Promise<ObservedDomain | null> {
    return this.#get(this.keys.domain(node, vm));
  }

  /** `start hv1`, `stop hv1 acpi`: one line for each event of a VM's guests. */
  story(vm: string): readonly string[] {
    return this.events
      .filter((event) => event.vm === vm)
      .map((event) => {
        const more = "method" in event ? ` ${event.method}` : "result" in event ? ` ${event.result}` : "";
        return `${event.kind} ${event.node}${more}`;
      });
  }

  /** Looked at whenever something befalls one of its guests: only then can it come to be true. */
  #watchForTwins(vm: string): void {
    const nodes = this.#nodes.filter(({ machine }) => machine.active().includes(vm)).map(({ name }) => name);
    if (nodes.length > 1) this.#twins.push(`${vm} runs on ${nodes.join(" and ")}`);
  }

  async #put(key: string, record: object): Promise<void> {
    await this.#store.transact({ compare: [], then: [{ put: key, value: encode(record) }] });
  }

  async #get<T extends object>(key: string): Promise<T | null> {
    const item = await this.#store.get(key);
    return item === null ? null : decode<T>(item);
  }
}

/** The placement under which the planner would release the step. */
function placementFor(step: Step): Partial<Placement> {
  const { node, epoch } = step;
  if (step.kind !== "migrate") return { node, home: node, epoch };
  const moving = { to: step.to, epoch: step.toEpoch, step: step.id, displaced: null };
  return { node, home: node, epoch, moving };
}
