/** Lets the events of a scenario happen: edits and requests as people make them, faults as they come. */
import { applyEdits } from "../../reconciler/desired/edit/merge-patch.ts";
import type { Clock } from "../../reconciler/model/clock.ts";
import type { Desired } from "../../reconciler/model/desired.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { NodeName, ObjectId, VmName } from "../../reconciler/model/names.ts";
import { unreachable } from "../../reconciler/model/unreachable.ts";
import type { VirtualCluster } from "../virtual-cluster.ts";
import type { Chronicle } from "./chronicle.ts";
import type { Referee } from "./referee.ts";
import type { HardwareTable, LeaderCommand, NodeHardware, RequestKind, ScenarioEvent } from "./scenario.ts";

export interface ActorOptions {
  readonly cluster: VirtualCluster;
  readonly clock: Clock;
  readonly chronicle: Chronicle;
  readonly referee: Referee;
  readonly hardware: HardwareTable;
  /** Called when something that was begun by an event comes true later. */
  readonly onStir: () => void;
}

type ToNode = Extract<ScenarioEvent, { readonly kind: "power" | "network" | "part" | "bmc" | "clock" }>;

/** A killed reconciler is started again after so long, as by its service manager. */
const restartMs = 10_000;

export class Actor {
  readonly #cluster: VirtualCluster;
  readonly #clock: Clock;
  readonly #chronicle: Chronicle;
  readonly #referee: Referee;
  readonly #hardware: HardwareTable;
  readonly #onStir: () => void;
  #documents: ReadonlyMap<ObjectId, unknown> = new Map();
  #pending = 0;

  constructor(options: ActorOptions) {
    this.#cluster = options.cluster;
    this.#clock = options.clock;
    this.#chronicle = options.chronicle;
    this.#referee = options.referee;
    this.#hardware = options.hardware;
    this.#onStir = options.onStir;
  }

  /** Boots and restarts that are yet to come. */
  get pending(): number {
    return this.#pending + this.#cluster.booting;
  }

  async perform(event: ScenarioEvent): Promise<void> {
    const { administrator } = this.#cluster;
    switch (event.kind) {
      case "edit":
        await this.#edit(event);
        return;
      case "approve":
        await this.#ask("destroy", { vm: event.vm }, async () => {
          await administrator.approve(event.vm, event.disks);
          this.#referee.approve(event.vm);
        });
        return;
      case "request":
        await this.#request(event.request, event.name);
        return;
      case "override":
        await this.#ask("maintenance", { node: event.node ?? "cluster" }, async () => {
          const until = this.#clock.now() + (event.forMs ?? 0);
          await administrator.override(event.node, event.forMs);
          this.#referee.override(event.node, { from: this.#clock.now(), until });
        });
        return;
      case "confirm-dead":
        await this.#ask("confirm-dead", { node: event.node }, () => administrator.confirmDead(event.node));
        return;
      case "guest":
        this.#guest(event);
        return;
      case "migration":
        this.#cluster.network.habits.setMigration(event.vm, event.habit);
        return;
      case "reconciler":
        this.#toLeader(event.command);
        return;
      case "store":
        this.#cluster.setStore(event.up);
        return;
      case "power":
      case "network":
      case "part":
      case "bmc":
      case "clock":
        this.#toNode(event);
        return;
      default:
        unreachable(event);
    }
  }

  #toNode(event: ToNode): void {
    const { node } = event;
    if (!this.#cluster.has(node)) {
      const what = event.kind === "part" ? event.part : event.kind;
      this.#chronicle.refuse(`${what} ${node}`, "there is no such node");
      return;
    }
    switch (event.kind) {
      case "power":
        if (event.on) this.#cluster.powerOn(node);
        else this.#cluster.powerOff(node);
        return;
      case "network":
        this.#cluster.setNetwork(node, event.up);
        return;
      case "part":
        this.#command(event);
        return;
      case "bmc":
        this.#cluster.setBmc(node, event.habit);
        return;
      case "clock":
        this.#cluster.setClock(node, event.habit);
        return;
      default:
        unreachable(event);
    }
  }

  async #edit({ edits }: Extract<ScenarioEvent, { kind: "edit" }>): Promise<void> {
    const documents = applyEdits(this.#documents, edits);
    const why = await this.apply(documents);
    const objects = [...edits.keys()];
    if (why !== null) {
      this.#chronicle.refuse(`edit ${objects.join(", ")}`, why);
      return;
    }
    this.#chronicle.tell({ kind: "edit", objects });
  }

  /** As `keel apply -y` does; returns why it was refused. */
  async apply(documents: ReadonlyMap<ObjectId, unknown>): Promise<string | null> {
    const checked = this.#cluster.administrator.check(documents);
    if (checked.ok) this.#addNodes(checked.desired);
    const why = await refusalOf(this.#cluster.administrator.apply(checked));
    if (why !== null || !checked.ok) return why;
    this.#documents = documents;
    this.#referee.intents.add(this.#clock.now(), checked.desired);
    return null;
  }

  /** A document of a node means that there is a machine. */
  #addNodes({ cluster, nodes }: Desired): void {
    this.#cluster.setLease(cluster.fencing.leaseMs);
    for (const node of nodes.keys()) {
      if (this.#cluster.has(node)) continue;
      const { times, messageMs, bootMs, bmcMs, ...hardware } = this.#hardwareOf(node);
      this.#cluster.addNode(node, { hardware, times, messageMs, bootMs, bmcMs });
    }
  }

  async #request(kind: RequestKind, name: string): Promise<void> {
    if (kind === "acknowledge") {
      await this.#ask(kind, { node: name }, () => this.#cluster.administrator.acknowledge(name));
    } else {
      await this.#ask(kind, { vm: name }, () => this.#cluster.administrator.request({ kind, vm: name }));
    }
  }

  async #ask(
    request: string,
    object: { readonly vm: VmName } | { readonly node: NodeName },
    asking: () => Promise<void>,
  ): Promise<void> {
    const why = await refusalOf(asking());
    const name = "vm" in object ? object.vm : object.node;
    if (why !== null) this.#chronicle.refuse(`${request} ${name}`, why);
    else this.#chronicle.tell({ kind: "request", request, ...object });
  }

  #command({ part, node, command }: Extract<ScenarioEvent, { kind: "part" }>): void {
    const id = `${part}/${node}` as const;
    switch (command) {
      case "kill":
        this.#cluster.kill(id);
        return;
      case "start":
        if (!this.#cluster.runs(id) && this.#cluster.machine(node).powered)
          this.#cluster.startPart(node, part);
        return;
      case "pause":
        this.#cluster.pause(id);
        return;
      case "resume":
        this.#cluster.resume(id);
        return;
      default:
        unreachable(command);
    }
  }

  #guest({ vm, command }: Extract<ScenarioEvent, { kind: "guest" }>): void {
    switch (command) {
      case "ignore-acpi":
        this.#cluster.network.habits.setAcpi(vm, "ignore");
        return;
      case "obey-acpi":
        this.#cluster.network.habits.setAcpi(vm, "obey");
        return;
      case "crash":
      case "poweroff": {
        const machine = this.#cluster.machineOf(vm);
        if (machine === null) this.#chronicle.refuse(`guest ${vm}`, "it does not run");
        else if (command === "crash") machine.crash(vm);
        else machine.switchOff(vm);
        return;
      }
      default:
        unreachable(command);
    }
  }

  #toLeader(command: LeaderCommand): void {
    const id = this.#cluster.feed.state.leader?.id ?? null;
    const leads = id !== null && this.#cluster.runs(`reconciler/${id}`);
    switch (command) {
      case "resume-leader":
        this.#cluster.resumeReconcilers();
        return;
      case "clock-right":
        this.#cluster.setReconcilerClocks("right");
        return;
      case "kill-leader":
      case "pause-leader":
      case "clock-ahead":
      case "clock-behind":
        if (leads) this.#befallLeader(id, command);
        else this.#chronicle.refuse(command, "nobody leads");
        return;
      default:
        unreachable(command);
    }
  }

  #befallLeader(id: string, command: Exclude<LeaderCommand, "resume-leader" | "clock-right">): void {
    switch (command) {
      case "kill-leader":
        this.#cluster.kill(`reconciler/${id}`);
        this.#later(restartMs, () => {
          this.#cluster.startReconciler(id);
        });
        return;
      case "pause-leader":
        this.#cluster.pause(`reconciler/${id}`);
        return;
      case "clock-ahead":
        this.#cluster.setReconcilerClock(id, "ahead");
        return;
      case "clock-behind":
        this.#cluster.setReconcilerClock(id, "behind");
        return;
      default:
        unreachable(command);
    }
  }

  #later(ms: number, act: () => void): void {
    this.#pending += 1;
    this.#clock.timer(ms, () => {
      this.#pending -= 1;
      this.#onStir();
      act();
    });
  }

  #hardwareOf(node: NodeName): NodeHardware {
    return this.#hardware.nodes.get(node) ?? this.#hardware.standard;
  }
}

/** Why something was refused; null: it was not. */
async function refusalOf(doing: Promise<unknown>): Promise<string | null> {
  try {
    await doing;
    return null;
  } catch (error) {
    if (error instanceof KeelError) return error.message;
    throw error;
  }
}
