/** Writes a random scenario down, event by event, and remembers what its documents say by now. */
import {
  applyEdits,
  isMap,
  mergePatchBetween,
  type MergePatch,
} from "../../reconciler/desired/edit/merge-patch.ts";
import {
  type Kind,
  type NodeName,
  objectId,
  type ObjectId,
  parseObjectId,
  type VmName,
} from "../../reconciler/model/names.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { type ClusterDraft, pick } from "./cluster-draft.ts";
import type { JsonMap, ScriptEvent } from "./script.ts";

export class Author {
  readonly random: SeededRandom;
  readonly events: ScriptEvent[] = [];
  /** Who leads with a clock that was wrong before cannot know when a maintenance ends: a scenario has one or the other. */
  readonly setsLeadersClocks: boolean;
  /** Every node that ever was: its machine stays. */
  readonly machines: string[];
  #documents: ReadonlyMap<ObjectId, unknown>;
  /** Where each VM was at first, by its name of now. */
  readonly #places: Map<VmName, NodeName>;
  #at = 0;
  #named = 0;

  constructor(random: SeededRandom, cluster: ClusterDraft) {
    this.random = random;
    this.setsLeadersClocks = random.chance(0.5);
    this.#documents = cluster.documents;
    this.machines = this.names("Node");
    this.#places = new Map(Object.entries(cluster.start));
  }

  /** Milliseconds since the beginning. */
  get at(): number {
    return this.#at;
  }

  /** Lets time pass. */
  wait(ms: number): void {
    this.#at += Math.round(ms);
  }

  act(act: JsonMap): void {
    this.events.push({ at: this.#at, act });
  }

  /** A merge patch for each object, as an edit of one moment. */
  edit(...edits: readonly (readonly [ObjectId, MergePatch | null])[]): void {
    this.#documents = applyEdits(this.#documents, new Map(edits));
    this.act({ edit: Object.fromEntries(edits) });
  }

  /** What the document says; empty where there is none. */
  document(id: ObjectId): JsonMap {
    const document = this.#documents.get(id);
    return isMap(document) ? mergePatchBetween({}, document) : {};
  }

  names(kind: Kind): string[] {
    return [...this.#documents.keys()]
      .map(parseObjectId)
      .flatMap((id) => (id.kind === kind ? [id.name] : []));
  }

  aVm(): string {
    return pick(this.random, this.names("VM"));
  }

  aNode(): string {
    return pick(this.random, this.names("Node"));
  }

  aMachine(): string {
    return pick(this.random, this.machines);
  }

  renamed(from: VmName, to: VmName): void {
    const place = this.#places.get(from);
    if (place !== undefined) this.#places.set(to, place);
  }

  /** Where it is, as far as the author can guess. */
  whereabouts(vm: VmName): NodeName {
    const { migrate, node } = this.document(objectId("VM", vm));
    const asked = [migrate, node].find((place) => typeof place === "string");
    if (typeof asked === "string") return asked;
    return this.#places.get(vm) ?? this.aMachine();
  }

  /** A name that no VM has had. */
  freshName(): string {
    this.#named += 1;
    return `new${this.#named}`;
  }
}
