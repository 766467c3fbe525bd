/** What a node's power devices say now, and whether they would prove it off. Nothing is switched. */
import { bindingOf, isSimulated } from "../reconciler/control/fence/bindings.ts";
import { whyNotOf } from "../reconciler/control/fence/bind.ts";
import type { FenceDevice, PowerReading } from "../reconciler/control/fence/fence-device.ts";
import type { ClusterState } from "../reconciler/control/cluster-state.ts";
import type { Binding } from "../reconciler/model/binding.ts";
import type { Node } from "../reconciler/model/desired.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import { isSameSystem } from "../reconciler/model/system-uuid.ts";
import { formatTime } from "../reconciler/desired/times.ts";
import type { Context } from "./context.ts";
import { deviceOpener } from "./fence-agents.ts";
import { notFound } from "./output/object-names.ts";

export interface DeviceCheck {
  readonly device: string;
  readonly power: "on" | "off" | "unknown";
  /** Why the power is unknown. */
  readonly why: string | null;
  /** As the device tells it; null: it tells none. */
  readonly uuid: string | null;
  /** Whether that is the machine that lives; null: nobody knows. */
  readonly sameMachine: boolean | null;
}

/** `keel fence test -o json`. */
export interface FenceCheck {
  readonly node: string;
  readonly alive: boolean;
  /** The machine's own; null: it tells none, or does not live. */
  readonly systemUuid: string | null;
  readonly devices: readonly DeviceCheck[];
  readonly binding: Binding | null;
  /** Every device tells on or off, and they are bound: a fence would have its proof. */
  readonly provable: boolean;
  /** Why not. */
  readonly problem: string | null;
}

/** The node as it is applied. @throws KeelError `not-found`, `refused` where it has no devices */
export function nodeWithDevices(name: string, { desired }: ClusterState): Node {
  const node = desired.nodes.get(name);
  if (node === undefined) throw notFound("node", "nodes", name, desired.nodes.keys());
  if (node.bmc.length > 0) return node;
  const advice =
    "Give it one in its document: bmc: { agent: ipmilan, address: 10.0.9.11, … }; then `keel apply`.";
  throw new KeelError("refused", {
    what: `Asking for the power of node/${name}`,
    why: "it has no `bmc`",
    advice,
  });
}

export async function checkFence(node: Node, state: ClusterState, context: Context): Promise<FenceCheck> {
  const open = deviceOpener(context);
  const devices = node.bmc.map((bmc) => open(bmc, node.name));
  const alive = state.nodes.get(node.name)?.alive ?? null;
  const systemUuid = alive?.systemUuid ?? null;
  const checks = await Promise.all(devices.map((device) => checkDevice(device, systemUuid, context.signal)));
  const binding = bindingOf(node, state);
  const problem =
    unreadable(checks) ??
    (binding !== null || isSimulated(node)
      ? null
      : await whyUnbound(devices, { node, state, signal: context.signal }));
  return {
    node: node.name,
    alive: alive !== null,
    systemUuid,
    devices: checks,
    binding,
    provable: problem === null,
    problem,
  };
}

export async function checkDevice(
  device: FenceDevice,
  systemUuid: string | null,
  signal: AbortSignal,
): Promise<DeviceCheck> {
  const reading: PowerReading = await device.read(signal);
  const uuid = reading.power === "unknown" ? null : await device.uuid(signal);
  const why = reading.power === "unknown" ? reading.why : null;
  const sameMachine = uuid === null || systemUuid === null ? null : isSameSystem(uuid, systemUuid);
  return { device: device.name, power: reading.power, why, uuid, sameMachine };
}

function unreadable(checks: readonly DeviceCheck[]): string | null {
  const failed = checks.find(({ power }) => power === "unknown");
  return failed === undefined ? null : `${failed.device}: ${failed.why ?? "it tells nothing"}`;
}

async function whyUnbound(
  devices: readonly FenceDevice[],
  {
    node,
    state,
    signal,
  }: { readonly node: Node; readonly state: ClusterState; readonly signal: AbortSignal },
): Promise<string> {
  const alive = state.nodes.get(node.name)?.alive ?? null;
  if (alive === null)
    return "not bound, and the node does not live: that can only be found out while it does";
  const others = [...state.nodes.observed.values()]
    .filter(({ name }) => name !== node.name)
    .flatMap((other) => other.alive?.systemUuid ?? []);
  const why = await whyNotOf(devices, alive, others, signal);
  return why === null ? "the leader has not bound it yet; it does within seconds" : `not bound: ${why}`;
}

/** `bound by its UUID since 2026-…`. */
export function bindingText({ binding, node }: FenceCheck): string {
  if (binding === null) return `node/${node} has no devices that are bound to it`;
  const how = {
    "uuid": "by its UUID",
    "power-cycle": "by a power cycle",
    "word": `by the word of ${binding.who}`,
  };
  return `bound to node/${node} ${how[binding.by]} since ${formatTime(binding.at)}`;
}

export function checkLines(check: FenceCheck): readonly string[] {
  const devices = check.devices.map(({ device, power, why, uuid, sameMachine }) => {
    const machine =
      uuid === null
        ? "tells no UUID"
        : `${uuid}${sameMachine === null ? "" : sameMachine ? ", this machine" : ", ANOTHER MACHINE"}`;
    return `  ${device}: ${power}${why === null ? `, ${machine}` : ` (${why})`}`;
  });
  const isOwn = check.binding === null && check.provable;
  return [
    `node/${check.node} ${check.alive ? "lives" : "does not live"}; its power devices:`,
    ...devices,
    isOwn ? "  its own by their nature: simulated" : `  ${bindingText(check)}`,
  ];
}
