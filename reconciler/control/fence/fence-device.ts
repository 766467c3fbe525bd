/**
 * The port to a node's power: what fencing asks of a power controller, real or simulated. It decides nothing. Whether
 * a node is off is judged by who asks, from two readings of each of its devices.
 */
import type { Cluster, Node } from "../../model/desired.ts";
import { type Reason, reason } from "../../model/reasons.ts";

/** A command never hangs longer than this; who carries it out ends it by force. A new leader waits as long. */
export const fenceCommandMs = 60_000;

/** What the device said. Silence, an error, or an answer that is not plainly on or off is unknown. */
export type PowerReading =
  { readonly power: "on" | "off" } | { readonly power: "unknown"; readonly why: string };

export interface FenceDevice {
  /** For people and the log: `ipmilan 10.0.9.11`. */
  readonly name: string;
  /** Never rejects but with the abort; ends within `fenceCommandMs`. */
  read(signal: AbortSignal): Promise<PowerReading>;
  /**
   * Asks for it once. How the command ended proves nothing and is told for the log only: null, or what was said.
   * Never rejects but with the abort; ends within `fenceCommandMs`, and nothing of it goes on afterwards.
   */
  command(power: "on" | "off", signal: AbortSignal): Promise<string | null>;
  /** The system UUID of the machine that it switches, in lower case; null: it does not tell. */
  uuid(signal: AbortSignal): Promise<string | null>;
}

export interface Usable {
  readonly usable: true;
}

/** None is defined, one is not bound to the node, two nodes share one, its program is missing. */
export interface Unusable {
  readonly usable: false;
  readonly why: Reason;
}

/** All devices of a node, every one of which must be off. */
interface UsableKit extends Usable {
  readonly devices: readonly [FenceDevice, ...FenceDevice[]];
}

/** Or why they can prove nothing now. */
export type FenceKit = UsableKit | Unusable;

/** What is found of a node that has devices: they themselves, or only whether they count. */
export interface FoundBy<Found extends Usable> {
  of(node: Pick<Node, "name" | "bmc">): Found | Unusable;
}

/** Where the leader finds them. */
export type FenceDevices = FoundBy<UsableKit>;

/** Whether they count, without opening any. */
export type FenceJudge = FoundBy<Usable>;

/** What may prove a node with these devices off. */
export function kitOf<Found extends Usable>(
  devices: FoundBy<Found>,
  node: Pick<Node, "name" | "bmc">,
  { fencing }: Cluster,
): Found | Unusable {
  const { name, bmc } = node;
  if (bmc.length === 0) return { usable: false, why: reason("no-fence-method", { node: name }) };
  if (!fencing.methods.includes("bmc")) {
    return { usable: false, why: reason("bmc-not-allowed", { node: name }) };
  }
  return devices.of(node);
}

/** Of a process that can carry out no power command. */
export const noDevices: FenceDevices = {
  of: ({ name }) => ({ usable: false, why: reason("no-fence-method", { node: name }) }),
};
