/** The node whose power devices a person binds to it, as every way of doing so looks at it. */
import type { ClusterFeed } from "../reconciler/control/cluster-feed.ts";
import type { FenceDevice } from "../reconciler/control/fence/fence-device.ts";
import { type Life, lifeOf } from "../reconciler/control/fence/life.ts";
import { askDevices, contradiction, systemUuidsOf } from "../reconciler/control/fence/own-devices.ts";
import type { Node } from "../reconciler/model/desired.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import type { ClusterKeys } from "../reconciler/store/keys.ts";
import type { Store } from "../reconciler/store/store.ts";
import type { Context } from "./context.ts";
import { deviceOpener } from "./fence-agents.ts";

export interface Subject {
  readonly node: Node;
  readonly devices: readonly FenceDevice[];
  /** For people. */
  readonly deviceNames: string;
  readonly feed: ClusterFeed;
  readonly store: Store;
  readonly keys: ClusterKeys;
}

export async function openSubject(node: Node, context: Context): Promise<Subject> {
  const [feed, store, { keys }] = await Promise.all([context.feed(), context.store(), context.cluster()]);
  const open = deviceOpener(context);
  const devices = node.bmc.map((bmc) => open(bmc, node.name));
  return { node, devices, deviceNames: devices.map(({ name }) => name).join(", "), feed, store, keys };
}

/**
 * The node's life, in which each of its devices read on and told no other machine. Nothing is switched.
 * @throws KeelError `refused` where it does not live, or a device contradicts
 */
export async function readLife(subject: Subject, signal: AbortSignal): Promise<Life> {
  const { node, devices, feed } = subject;
  const life = await lifeOf(node.name, subject);
  if (life === null) {
    throw refused(node, "it does not live, so it cannot be told which machine is meant", "Start it first.");
  }
  const uuids = systemUuidsOf(node.name, life.alive, feed.state.nodes.observed);
  const why = contradiction(await askDevices(devices, uuids, signal), uuids);
  if (why === null) return life;
  throw refused(node, why, `Correct \`bmc\` of ${node.name}; \`keel fence test ${node.name}\` reads it.`);
}

export function refused({ name }: Node, why: string, advice: string): KeelError {
  return new KeelError("refused", { what: `Binding the power devices of node/${name}`, why, advice });
}
