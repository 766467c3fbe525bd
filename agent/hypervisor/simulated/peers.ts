import type { Hardware } from "../../../reconciler/model/hardware.ts";
import type { NodeName, VmName } from "../../../reconciler/model/names.ts";

/** A running domain as it is copied to another machine. */
export interface IncomingCopy {
  readonly vm: VmName;
  readonly uuid: string;
  readonly epoch: number;
  readonly live: Hardware;
  readonly applied: Hardware;
}

/** How machines find each other for a migration. */
export interface Peers {
  /** @throws HypervisorError `refused`: there is no way from one to the other now. */
  connect(from: NodeName, to: NodeName): Promise<PeerLink>;
}

/** One migration's connection to its target. Calls fail with a `HypervisorError`. */
export interface PeerLink {
  /** open: bytes flow. cut: nothing moves, it may come back. closed: the other end is gone for good. */
  state(): "open" | "cut" | "closed";
  /** Calls back when the state may have changed, until `close`. */
  onState(callback: () => void): void;
  /** Makes the paused copy. */
  receive(copy: IncomingCopy): Promise<void>;
  /** All memory is over there: the copy is complete, and waits to be resumed. */
  handOver(vm: VmName, epoch: number): Promise<void>;
  /** The migration came to nothing: the copy goes. Not there: done. */
  drop(vm: VmName, epoch: number): Promise<void>;
  close(): void;
}
