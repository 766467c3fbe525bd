/** What really runs, told by the machines: by the domain's UUID, which stays while names change. */
import type { GuestEvent } from "../../agent/hypervisor/simulated/guest-event.ts";
import type { NodeName, VmName } from "../../reconciler/model/names.ts";

export interface RunningGuest {
  readonly uuid: string;
  readonly vm: VmName;
  readonly node: NodeName;
  readonly volumes: readonly string[];
}

export class RunningGuests {
  readonly #guests = new Map<string, RunningGuest>();

  /** The ones that this one must not run beside of: itself elsewhere, and whoever has its volumes open. */
  begins({ uuid, vm, node, volumes }: GuestEvent): readonly RunningGuest[] {
    const same = this.#guests.get(uuid);
    const others = [...this.#guests.values()].filter(
      (guest) =>
        guest.uuid !== uuid && (guest.vm === vm || guest.volumes.some((volume) => volumes.includes(volume))),
    );
    this.#guests.set(uuid, { uuid, vm, node, volumes });
    return same === undefined ? others : [same, ...others];
  }

  /** It is over there; where it has moved on since, that is no news. */
  ends({ uuid, node }: Pick<GuestEvent, "uuid" | "node">): void {
    if (this.#guests.get(uuid)?.node === node) this.#guests.delete(uuid);
  }

  relabel({ uuid, vm }: Pick<GuestEvent, "uuid" | "vm">): void {
    const guest = this.#guests.get(uuid);
    if (guest !== undefined) this.#guests.set(uuid, { ...guest, vm });
  }

  all(): readonly RunningGuest[] {
    return [...this.#guests.values()];
  }

  on(node: NodeName): readonly RunningGuest[] {
    return this.all().filter((guest) => guest.node === node);
  }

  places(): ReadonlyMap<VmName, NodeName> {
    return new Map([...this.#guests.values()].map(({ vm, node }) => [vm, node]));
  }
}
