import { objectId, type Kind, type ObjectId } from "../../model/names.ts";
import type { Finding } from "../issues/finding.ts";
import { didYouMean } from "../issues/suggest.ts";

/** Which names of which kinds exist, for references to them. */
export class Definitions {
  readonly #names: Readonly<Partial<Record<Kind, ReadonlyMap<string, unknown>>>>;
  readonly #broken: ReadonlySet<ObjectId>;
  readonly #complete: boolean;

  /**
   * `broken`: objects whose document is not legal; they are there. `complete`: false where something could not be read
   * at all, so that any name may be defined there.
   */
  constructor(
    names: Readonly<Partial<Record<Kind, ReadonlyMap<string, unknown>>>>,
    broken: ReadonlySet<ObjectId>,
    complete: boolean,
  ) {
    this.#names = names;
    this.#broken = broken;
    this.#complete = complete;
  }

  /** True also where it can not be told. */
  has(kind: Kind, name: string): boolean {
    if (this.#names[kind]?.has(name) === true || !this.#complete) return true;
    return this.#broken.has(objectId(kind, name));
  }

  /** The finding for a name that is not there. */
  dangling(kind: Kind, name: string, path: readonly string[]): Finding {
    const known = [...(this.#names[kind]?.keys() ?? [])];
    const near = didYouMean(name, known);
    const add = `add a document with kind: ${kind} and name: ${name}`;
    const listed = known.length > 0 && known.length <= 8 ? `; there are: ${known.join(", ")}` : "";
    const advice = near === undefined ? add + listed : `did you mean ${near}?`;
    return { code: "ref.dangling", path, at: "value", message: `no ${kind} is named ${name}`, advice };
  }
}
