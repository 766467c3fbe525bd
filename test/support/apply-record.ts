/** One `keel apply -y` after the other, each of other documents, and an account of what became of each. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../cli/run.ts";
import { HistoryReader, readHistory } from "../../reconciler/control/history.ts";
import type { ObjectId } from "../../reconciler/model/names.ts";
import type { ClusterKeys } from "../../reconciler/store/keys.ts";
import { type Store, StoreError } from "../../reconciler/store/store.ts";
import { makeWorld } from "../cli/run-keel.ts";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import type { Document } from "./plan/model-cluster.ts";

export interface ApplyRecordOptions {
  /** Holds the folder of the desired state, and what commands remember. */
  readonly home: string;
  readonly endpoints: readonly string[];
  readonly store: Store;
  readonly keys: ClusterKeys;
}

interface Attempt {
  readonly documents: Readonly<Record<ObjectId, Document>>;
  /** As the command said; null: it failed. */
  readonly generation: number | null;
}

/** What the command says where an apply is in force. */
const inForce = /Generation (?<generation>\d+) is in force/u;
const commandMs = 60_000;

export class ApplyRecord {
  readonly attempts: Attempt[] = [];
  readonly #options: ApplyRecordOptions;
  readonly #folder: string;
  readonly #written = new Map<ObjectId, string>();
  readonly #generations = new Map<number, Readonly<Record<ObjectId, Document>>>();

  constructor(options: ApplyRecordOptions) {
    this.#options = options;
    this.#folder = join(options.home, "cluster.d");
    mkdirSync(this.#folder);
  }

  get acknowledged(): number {
    return this.attempts.filter(({ generation }) => generation !== null).length;
  }

  /** @returns whether it was acknowledged */
  async apply(documents: ReadonlyMap<ObjectId, Document>, ...options: readonly string[]): Promise<boolean> {
    this.#write(documents);
    const { endpoints, home, keys } = this.#options;
    const { world, out } = makeWorld({
      cwd: home,
      env: { KEEL_STATE: join(home, "state"), KEEL_CLUSTER: "lab" },
      ended: AbortSignal.timeout(commandMs),
    });
    const args = ["--store", endpoints.join(","), "--cluster", "lab", "--dir", this.#folder];
    await run([...args, "apply", "-y", ...options], { ...world, random: randomBytes });
    const said = inForce.exec(out())?.groups?.["generation"];
    const generation = said === undefined ? null : Number(said);
    this.attempts.push({ documents: Object.fromEntries(documents), generation });
    await this.#readNew(keys);
    return generation !== null;
  }

  /**
   * Every acknowledged apply is the generation that it was said to be, whole; every other one is wholly there or not at
   * all; they are in the order in which they were made, and nothing else is there.
   */
  assertWhole(): void {
    let next = 0;
    for (let generation = 1; generation <= this.#generations.size; generation += 1) {
      const documents = this.#generations.get(generation);
      assert.ok(documents, `generation ${generation} is missing`);
      const at = this.attempts.findIndex((attempt, i) => i >= next && same(attempt.documents, documents));
      assert.notEqual(at, -1, `generation ${generation} is of no apply, or out of order`);
      const passed = this.attempts.slice(next, at).filter((attempt) => attempt.generation !== null);
      assert.deepEqual(passed, [], "an acknowledged apply is not in the history");
      const said = this.attempts[at]?.generation ?? generation;
      assert.equal(said, generation, "an apply is another generation than it was told");
      next = at + 1;
    }
    const rest = this.attempts.slice(next).filter((attempt) => attempt.generation !== null);
    assert.deepEqual(rest, [], "acknowledged applies are missing at the end");
  }

  /** How often the generations in force switched it on, and off. */
  timesSwitched(id: ObjectId): { readonly on: number; readonly off: number } {
    const states = [...this.#generations]
      .sort(([a], [b]) => a - b)
      .map(([, documents]) => documents[id]?.["state"] ?? "running");
    const changes = states.filter((state, i) => i > 0 && state !== states[i - 1]);
    return {
      on: changes.filter((state) => state === "running").length,
      off: changes.filter((state) => state !== "running").length,
    };
  }

  #write(documents: ReadonlyMap<ObjectId, Document>): void {
    for (const [id, document] of documents) {
      const text = `${JSON.stringify(document)}\n`;
      if (this.#written.get(id) === text) continue;
      writeFileSync(join(this.#folder, `${id.replace("/", "-").toLowerCase()}.yaml`), text);
      this.#written.set(id, text);
    }
  }

  /** Now, while they are kept. A store that is away is waited for. */
  async #readNew(keys: ClusterKeys): Promise<void> {
    const { store } = this.#options;
    let last: unknown = null;
    for (let tries = 0; tries < 60; tries += 1) {
      try {
        for (const { generation } of await readHistory(store, keys)) await this.#readOne(generation);
        return;
      } catch (error) {
        if (!(error instanceof StoreError) || error.code === "rejected") throw error;
        last = error;
        await systemClock.sleep(500);
      }
    }
    throw new Error("the store did not come back", { cause: last });
  }

  async #readOne(generation: number): Promise<void> {
    if (this.#generations.has(generation)) return;
    const { store, keys } = this.#options;
    const { documents } = await new HistoryReader(store, keys).read(generation);
    this.#generations.set(
      generation,
      Object.fromEntries([...documents].map(([id, { document }]) => [id, document])),
    );
  }
}

function same(a: object, b: object): boolean {
  try {
    assert.deepEqual(sorted(a), sorted(b));
    return true;
  } catch {
    return false;
  }
}

function sorted(record: object): object {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
