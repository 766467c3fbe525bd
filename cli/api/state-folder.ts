import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Context } from "../context.ts";
import { stateFolder } from "../discovery.ts";

/** Where the API keeps what it must find again: in `.keel`, where a `keel up` runs here; else where daemons keep theirs. */
export async function stateFolderFor(context: Context): Promise<string> {
  return (await upFolder(context)) ?? resolve(context.world.env["KEEL_STATE"] || "/var/lib/keel");
}

/** The `.keel` of a `keel up` here; null: there is none. */
export async function upFolder({ world, directory }: Context): Promise<string | null> {
  for (const folder of [world.cwd, dirname(directory)]) {
    const state = join(folder, stateFolder);
    const found = await stat(state).catch(() => null);
    if (found?.isDirectory() === true) return state;
  }
  return null;
}
