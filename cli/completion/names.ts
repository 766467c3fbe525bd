/** The names that may stand there, from the cluster; without one, from the folder. */
import type { ObjectId } from "../../reconciler/model/names.ts";
import { byName, kinds, objectId, parseObjectId } from "../../reconciler/model/names.ts";
import { loadFolder } from "../folder.ts";
import type { Context } from "../context.ts";
import { shownId } from "../output/object-names.ts";
import { abortable } from "../until-aborted.ts";
import type { Wanted } from "./complete.ts";

/** Who waits for longer types it himself. */
const patienceMs = 1500;
const generationsMax = 20;

/** Nothing where nobody answers in time: this is a help, and no place for errors. */
export async function namesFor(context: Context, wanted: Wanted): Promise<readonly string[]> {
  if (wanted === "file" || wanted === "folder") return [];
  const patience = new AbortController();
  const stop = context.clock.timer(patienceMs, () => patience.abort());
  try {
    const { ids, generation } = await abortable(known(context), patience.signal);
    return wanted === "generation" ? generations(generation) : namesAmong(ids, wanted);
  } catch {
    return [];
  } finally {
    stop();
  }
}

interface Known {
  readonly ids: readonly ObjectId[];
  readonly generation: number;
}

async function known(context: Context): Promise<Known> {
  const isThere = await context.endpoints().then(
    () => true,
    () => false,
  );
  return isThere ? inForce(context) : inFolder(context);
}

/** Orphans have no document, and are to be named all the same. */
async function inForce(context: Context): Promise<Known> {
  const { state } = await context.feed();
  const { documents, head } = state.applied;
  const vms = [...state.placements.keys()].map((name) => objectId("VM", name));
  return { ids: [...documents.keys(), ...vms], generation: head?.generation ?? 0 };
}

async function inFolder(context: Context): Promise<Known> {
  const loaded = await loadFolder(context);
  return { ids: loaded.ok ? [...loaded.documents.keys()] : [], generation: 0 };
}

function namesAmong(ids: readonly ObjectId[], wanted: Exclude<Wanted, "generation">): readonly string[] {
  const fitting = ids.filter((id) => wanted === "object" || parseObjectId(id).kind === wanted);
  const order = (id: ObjectId) => kinds.indexOf(parseObjectId(id).kind);
  return [...new Set(fitting)]
    .sort((a, b) => order(a) - order(b) || byName(a, b))
    .map((id) => (wanted === "object" ? shownId(id) : parseObjectId(id).name));
}

/** The newest first. */
function generations(newest: number): readonly string[] {
  return Array.from({ length: Math.min(newest, generationsMax) }, (_, index) => String(newest - index));
}
