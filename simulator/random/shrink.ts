/**
 * Makes a failing scenario short: takes away events, objects, fields and time for as long as it goes on failing. Greedy
 * and deterministic; what it returns fails as the whole one did.
 */
import { isMap, type Json } from "../../reconciler/desired/edit/merge-patch.ts";
import type { ScenarioDocument } from "./scenario-document.ts";
import type { JsonMap, ScriptEvent } from "./script.ts";

/** Whether a smaller scenario still fails in the same way. */
export type StillFails = (candidate: ScenarioDocument) => Promise<boolean>;

type Pass = (document: ScenarioDocument) => Iterable<ScenarioDocument>;

/** @param triesMax how many scenarios may be played for it */
export async function shrink(
  document: ScenarioDocument,
  stillFails: StillFails,
  triesMax = 2_000,
): Promise<ScenarioDocument> {
  const search = new Search(document, stillFails, triesMax);
  for (let before = ""; before !== search.size;) {
    before = search.size;
    await search.takeEvents();
    for (const pass of passes) await search.run(pass);
  }
  return search.best;
}

class Search {
  best: ScenarioDocument;
  readonly #stillFails: StillFails;
  #triesLeft: number;

  constructor(document: ScenarioDocument, stillFails: StillFails, triesMax: number) {
    this.best = document;
    this.#stillFails = stillFails;
    this.#triesLeft = triesMax;
  }

  get size(): string {
    return JSON.stringify(this.best);
  }

  /** Large pieces first, then smaller ones. */
  async takeEvents(): Promise<void> {
    for (let length = Math.ceil(this.best.events.length / 2); length >= 1; length = Math.floor(length / 2)) {
      for (let from = 0; from < this.best.events.length;) {
        const { events } = this.best;
        const rest = [...events.slice(0, from), ...events.slice(from + length)];
        if (!(await this.#adopt({ ...this.best, events: rest }))) from += length;
      }
    }
  }

  /** Begins a pass anew after each success: what it offers depends on what is left. */
  async run(pass: Pass): Promise<void> {
    for (let found = true; found;) {
      found = false;
      for (const candidate of pass(this.best)) {
        found = await this.#adopt(candidate);
        if (found) break;
      }
    }
  }

  async #adopt(candidate: ScenarioDocument): Promise<boolean> {
    if (this.#triesLeft <= 0) return false;
    this.#triesLeft -= 1;
    const fails = await this.#stillFails(candidate);
    if (fails) this.best = candidate;
    return fails;
  }
}

const passes: readonly Pass[] = [
  withoutObject,
  withoutField,
  withoutHardware,
  withoutStart,
  withoutEdit,
  sooner,
];

/** Without an object, and all that befalls it. */
function* withoutObject(document: ScenarioDocument): Iterable<ScenarioDocument> {
  for (const gone of document.objects) {
    const name = textOf(gone["name"]);
    const objects = document.objects.filter((object) => object !== gone);
    const start = Object.entries(document.start).filter(([vm, node]) => vm !== name && node !== name);
    const events = document.events.filter(({ act }) => !JSON.stringify(act).includes(`${name}"`));
    const hardware = without(document.hardware, name);
    yield { ...document, objects, hardware, start: Object.fromEntries(start), events };
    yield { ...document, objects, start: Object.fromEntries(start) };
  }
}

function* withoutField(document: ScenarioDocument): Iterable<ScenarioDocument> {
  for (const [index, object] of document.objects.entries()) {
    for (const smaller of smallerMaps(object, ["kind", "name", "type"])) {
      yield { ...document, objects: document.objects.with(index, smaller) };
    }
  }
}

function* withoutHardware(document: ScenarioDocument): Iterable<ScenarioDocument> {
  for (const hardware of smallerMaps(document.hardware, [])) yield { ...document, hardware };
}

function* withoutStart(document: ScenarioDocument): Iterable<ScenarioDocument> {
  for (const vm of Object.keys(document.start)) {
    const start = Object.entries(document.start).filter(([name]) => name !== vm);
    yield { ...document, start: Object.fromEntries(start) };
  }
}

/** Less in an event: an object of an edit, a field of a patch, a name of a list of names. */
function* withoutEdit(document: ScenarioDocument): Iterable<ScenarioDocument> {
  for (const [index, event] of document.events.entries()) {
    for (const act of smallerMaps(event.act, [])) {
      if (Object.keys(act).length > 0) yield withEvent(document, index, { ...event, act });
    }
  }
}

/** Less time before an event, and rounder: all that follow come sooner with it. */
function* sooner(document: ScenarioDocument): Iterable<ScenarioDocument> {
  for (const [index, { at }] of document.events.entries()) {
    const former = document.events[index - 1]?.at ?? 0;
    const rounder = [
      former,
      former + 1_000,
      Math.floor(at / 10_000) * 10_000,
      Math.floor(at / 1_000) * 1_000,
    ];
    for (const next of rounder) {
      if (next >= at || next < former) continue;
      const events = document.events.map((event, i) =>
        i < index ? event : { ...event, at: event.at - (at - next) },
      );
      yield { ...document, events };
      yield withEvent(document, index, { at: next, act: document.events[index]?.act ?? {} });
    }
  }
}

function withEvent(document: ScenarioDocument, index: number, event: ScriptEvent): ScenarioDocument {
  return { ...document, events: document.events.with(index, event) };
}

/** The map without each of its keys, and with each map in it made smaller. */
function* smallerMaps(map: JsonMap, kept: readonly string[]): Iterable<JsonMap> {
  for (const [key, value] of Object.entries(map)) {
    if (!kept.includes(key)) yield without(map, key);
    if (!isJsonMap(value)) continue;
    for (const smaller of smallerMaps(value, [])) {
      if (Object.keys(smaller).length > 0) yield { ...map, [key]: smaller };
    }
  }
}

function without(map: JsonMap, key: string): JsonMap {
  return Object.fromEntries(Object.entries(map).filter(([each]) => each !== key));
}

function isJsonMap(value: Json): value is JsonMap {
  return isMap(value);
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
