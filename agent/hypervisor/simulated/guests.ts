import type { Clock } from "../../../reconciler/model/clock.ts";
import { byName, type NodeName, type VmName } from "../../../reconciler/model/names.ts";
import { type Domain, type DomainEnd, HypervisorError } from "../hypervisor.ts";
import type { GuestEvent, StopMethod } from "./guest-event.ts";

/** A domain as its machine keeps it. */
export interface Guest extends Omit<Domain, "job" | "differences"> {
  /** Monotonic milliseconds from which on it hears its power button. */
  readonly bootedAt: number;
  /** A copy whose source is done with it. */
  readonly handedOver: boolean;
}

type WithoutPlace<E> = E extends unknown
  ? Omit<E, "at" | "node" | "vm" | "epoch" | "uuid" | "volumes">
  : never;

/** The domains of one machine and how former ones ended. Tells its listeners what happens; knows no rules. */
export class Guests {
  readonly #node: NodeName;
  readonly #clock: Clock;
  readonly #guests = new Map<VmName, Guest>();
  readonly #ended = new Map<VmName, DomainEnd>();
  readonly #changeListeners = new Set<() => void>();
  readonly #guestListeners = new Set<(event: GuestEvent) => void>();

  constructor(node: NodeName, clock: Clock) {
    this.#node = node;
    this.#clock = clock;
  }

  /** Sorted by name. */
  list(): readonly Guest[] {
    return [...this.#guests.values()].sort((a, b) => byName(a.vm, b.vm));
  }

  ended(): readonly DomainEnd[] {
    return [...this.#ended.values()].sort((a, b) => byName(a.vm, b.vm));
  }

  find(vm: VmName): Guest | null {
    return this.#guests.get(vm) ?? null;
  }

  findById(id: string): Guest | null {
    return this.list().find((guest) => guest.id === id) ?? null;
  }

  /** @throws HypervisorError `no-domain` */
  require(vm: VmName): Guest {
    const guest = this.find(vm);
    if (guest === null) throw new HypervisorError("no-domain", `there is no domain ${vm} on ${this.#node}`);
    return guest;
  }

  /** Adds it, or puts it in place of what was known of it. */
  set(guest: Guest): void {
    this.#guests.set(guest.vm, guest);
    this.#changed();
  }

  rename(from: VmName, to: VmName): void {
    const guest = this.require(from);
    this.#guests.delete(from);
    const renamed = { ...guest, vm: to };
    this.set(renamed);
    this.emit(renamed, { kind: "relabel", from });
  }

  /** The domain is gone, and how it ended is kept. A copy that was never handed over leaves no end: it never ran. */
  end(guest: Guest, cause: DomainEnd["cause"], method: StopMethod | null): void {
    this.#guests.delete(guest.vm);
    if (guest.state === "incoming" && !guest.handedOver) {
      this.emit(guest, { kind: "discard" });
    } else {
      const { vm, epoch, id } = guest;
      this.#ended.set(vm, { vm, epoch, id, cause, at: this.#clock.now() });
      if (method !== null) this.emit(guest, { kind: "stop", method });
    }
    this.#changed();
  }

  forgetEnd(vm: VmName): void {
    this.#ended.delete(vm);
  }

  /** As after a power loss: nothing is remembered. */
  forgetEnds(): void {
    this.#ended.clear();
    this.#changed();
  }

  emit(guest: Guest, event: WithoutPlace<GuestEvent>): void {
    const { vm, epoch, uuid } = guest;
    const volumes = guest.live.disks.flatMap((disk) =>
      "pool" in disk ? [`${disk.pool}/${disk.volume}`] : [],
    );
    const at = this.#clock.now();
    const whole: GuestEvent = { at, node: this.#node, vm, epoch, uuid, volumes, ...event };
    for (const listener of this.#guestListeners) listener(whole);
  }

  onChange(callback: () => void): () => void {
    this.#changeListeners.add(callback);
    return () => this.#changeListeners.delete(callback);
  }

  onGuest(callback: (event: GuestEvent) => void): () => void {
    this.#guestListeners.add(callback);
    return () => this.#guestListeners.delete(callback);
  }

  /** Something about a domain changed that is not kept here: a migration began or ended. */
  touch(): void {
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#changeListeners) listener();
  }
}
