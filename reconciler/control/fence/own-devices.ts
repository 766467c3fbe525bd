/**
 * Whether power devices switch the machine that lives under their node's name, by what they say while it lives. Asking
 * switches nothing. What they say can contradict it, and then nobody's word helps; it proves it only where each of them
 * tells the UUID of that machine and of no other.
 */
import type { NodeName } from "../../model/names.ts";
import type { Alive } from "../../model/observed.ts";
import { isSameSystem } from "../../model/system-uuid.ts";
import type { FenceDevice } from "./fence-device.ts";

/** What a device says, held against the machine that lives. */
export type DeviceAnswer =
  | {
      readonly device: string;
      readonly power: "on" | "off";
      readonly why: null;
      /** Of the machine that it switches; null: it tells none. */
      readonly uuid: string | null;
      /** Whether that is the machine that lives; null: it cannot be told. */
      readonly sameMachine: boolean | null;
    }
  | {
      readonly device: string;
      readonly power: "unknown";
      /** Why it cannot be read. */
      readonly why: string;
      readonly uuid: null;
      readonly sameMachine: null;
    };

/** By what a node's machine is told from the others. */
export interface SystemUuids {
  /** Null: it tells none, or does not live. */
  readonly own: string | null;
  /** Of the other nodes that live. */
  readonly others: readonly string[];
}

type Telling = Pick<Alive, "systemUuid">;

/** `alive`: the life that is to be judged, which the records may not show any more. */
export function systemUuidsOf(
  node: NodeName,
  alive: Telling | null,
  observed: ReadonlyMap<NodeName, { readonly alive: Telling | null }>,
): SystemUuids {
  const others = [...observed].filter(([name]) => name !== node);
  return {
    own: alive?.systemUuid ?? null,
    others: others.flatMap(([, other]) => other.alive?.systemUuid ?? []),
  };
}

/** All at once; an answer for each device, in their order. Rejects only when aborted. */
export function askDevices(
  devices: readonly FenceDevice[],
  uuids: SystemUuids,
  signal: AbortSignal,
): Promise<readonly DeviceAnswer[]> {
  return Promise.all(devices.map((device) => askDevice(device, uuids, signal)));
}

async function askDevice(
  device: FenceDevice,
  uuids: SystemUuids,
  signal: AbortSignal,
): Promise<DeviceAnswer> {
  const reading = await device.read(signal);
  const { name } = device;
  if (reading.power === "unknown") {
    return { device: name, power: "unknown", why: reading.why, uuid: null, sameMachine: null };
  }
  const uuid = await device.uuid(signal);
  const sameMachine = uuid === null ? null : isOwn(uuid, uuids);
  return { device: name, power: reading.power, why: null, uuid, sameMachine };
}

/** A UUID that two machines have tells neither; one that another node has, and this one has not, is the other's. */
function isOwn(told: string, { own, others }: SystemUuids): boolean | null {
  const fits = own !== null && isSameSystem(told, own);
  const fitsAnother = others.some((other) => isSameSystem(told, other));
  if (fits) return fitsAnother ? null : true;
  return own === null && !fitsAnother ? null : false;
}

/** The first that says nothing, and why; null: each reads on or off. */
export function unreadable(answers: readonly DeviceAnswer[]): string | null {
  const silent = answers.find((answer) => answer.power === "unknown");
  return silent === undefined ? null : `${silent.device}: ${silent.why}`;
}

/**
 * Why devices that answered so while the machine lived cannot be taken for its own, by no proof and no word; null:
 * nothing of what they say is against it.
 */
export function contradiction(answers: readonly DeviceAnswer[], { own }: SystemUuids): string | null {
  const foreign = answers.find(({ sameMachine }) => sameMachine === false);
  if (foreign !== undefined) {
    return `${foreign.device} switches another machine: ${foreign.uuid ?? ""}, not ${own ?? "this one"}`;
  }
  const off = answers.find(({ power }) => power === "off");
  return off === undefined ? unreadable(answers) : `${off.device} reads off, and the node lives`;
}

/** Why it is not proven by their UUIDs that they are the machine's own; null: it is. */
export function whyUnproven(answers: readonly DeviceAnswer[], uuids: SystemUuids): string | null {
  const problem = contradiction(answers, uuids) ?? indistinct(uuids);
  if (problem !== null) return problem;
  const untold = answers.find(({ sameMachine }) => sameMachine !== true);
  return untold === undefined ? null : `${untold.device} tells no UUID`;
}

/** Why no device could prove by a UUID that it is the machine's own, so that none need be asked; null: one could. */
export function indistinct({ own, others }: SystemUuids): string | null {
  if (own === null) return "the machine tells no UUID of its own";
  if (others.some((other) => isSameSystem(own, other))) return "another node tells the same UUID";
  return null;
}
