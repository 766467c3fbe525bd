/** The node's status record: when it says enough to be written anew; pure. */
import type { NodeStatus, Session } from "../reconciler/model/observed.ts";
import type { Look } from "./lookout.ts";

export function statusOf(look: Look, session: Session, epochSeen: number): NodeStatus {
  const { memoryBytes, cpus, memoryFreeBytes, load, supports } = look.machine;
  const { unmanaged } = look.reading;
  const { readAt, seen } = look;
  const store = { record: look.storeRecord, epochSeen };
  return { session, readAt, seen, memoryBytes, cpus, memoryFreeBytes, load, store, supports, unmanaged };
}

/** Something other than a measurement differs: it is written at once. */
export function differsInKind(before: NodeStatus, next: NodeStatus): boolean {
  return kind(before) !== kind(next);
}

/** A change of less than a hundredth of the node's memory or CPUs is noise. */
const noise = 0.01;

/** A measurement differs by more than noise: written when nothing was for a while. */
export function differsInMeasure(before: NodeStatus, next: NodeStatus): boolean {
  const memory = Math.abs(before.memoryFreeBytes - next.memoryFreeBytes);
  const load = Math.abs(before.load - next.load);
  return memory >= noise * next.memoryBytes || load >= noise * next.cpus;
}

function kind({ session, memoryBytes, cpus, store, supports, unreadable, unmanaged }: NodeStatus): string {
  return JSON.stringify([
    [session.lease, session.bootId, memoryBytes, cpus],
    [supports, store?.record ?? 0, unreadable?.since ?? 0],
    unmanaged.map((domain) => [domain.name, domain.memoryBytes, domain.running, domain.uuid]),
  ]);
}
