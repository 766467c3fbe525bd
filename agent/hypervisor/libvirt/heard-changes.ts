import type { Clock } from "../../../reconciler/model/clock.ts";
import type { StreamEvent } from "../../libvirt/index.ts";

/** A difference that is found this long after an event is what the event was about: readings are seconds apart. */
const relevantMs = 15_000;
/** Domains that are remembered; those of strangers are told of too. */
const domainLimit = 1_000;

/** What libvirt's events told of changes to domains, and when. They never say who made them. */
export class HeardChanges {
  readonly #clock: Clock;
  readonly #heard = new Map<string, Map<string, number>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  hear(event: StreamEvent): void {
    if (event.kind === "connected" || event.kind === "disconnected") return;
    const kind = event.kind === "lifecycle" ? event.event : event.kind;
    const { uuid } = event.domain;
    const ofDomain = this.#heard.get(uuid) ?? new Map<string, number>();
    ofDomain.set(kind, this.#clock.now());
    // Put back at the end: the one that was silent longest goes first.
    this.#heard.delete(uuid);
    this.#heard.set(uuid, ofDomain);
    const oldest = this.#heard.keys().next();
    if (this.#heard.size > domainLimit && oldest.done === false) this.#heard.delete(oldest.value);
  }

  /** Epoch milliseconds of the last event that fits a difference that is seen now; null: none was heard. */
  at(uuid: string, path: string): number | null {
    const kinds = kindsFor(path);
    const times = kinds.flatMap((kind) => this.#heard.get(uuid)?.get(kind) ?? []);
    const last = Math.max(...times, Number.NEGATIVE_INFINITY);
    return last >= this.#clock.now() - relevantMs ? last : null;
  }
}

function kindsFor(path: string): readonly string[] {
  const name = /^[a-zA-Z]+/u.exec(path)?.[0] ?? "";
  switch (name) {
    case "currentMemory":
      return ["balloon-change"];
    case "state":
      return ["suspended"];
    case "definition":
      return ["defined"];
    case "metadata":
    case "title":
    case "description":
      return ["metadata-change"];
    default:
      return path.includes("/") || path.includes("@") ? [] : ["device-added", "device-removed"];
  }
}
