import { resolve } from "node:path";
import { Option } from "commander";
import type { Log } from "../reconciler/runtime/log.ts";
import type { StoreMemory } from "../reconciler/store/trust/store-memory.ts";
import type { Context } from "./context.ts";

export interface StateOption {
  readonly state?: string;
}

const defaultFolder = "/var/lib/keel";

export function stateOption(): Option {
  const where = `where it remembers the store across restarts (default: KEEL_STATE, else ${defaultFolder})`;
  return new Option("--state <folder>", where);
}

/**
 * What a daemon knows of its store from before. `part` names its file.
 * @throws KeelError `state-folder` where it could not be kept
 */
export async function rememberStore(
  context: Context,
  { state }: StateOption,
  { part, by, log }: { readonly part: string; readonly by: string; readonly log: Log },
): Promise<StoreMemory> {
  const [{ openMarkFile }, { StoreMemory }] = await Promise.all([
    import("../reconciler/store/trust/mark-file.ts"),
    import("../reconciler/store/trust/store-memory.ts"),
  ]);
  const { world, clock } = context;
  const folder = resolve(world.cwd, state ?? (world.env["KEEL_STATE"] || defaultFolder));
  const [store, { name, keys }] = await Promise.all([context.store(), context.cluster()]);
  const file = await openMarkFile(folder, name, part);
  return StoreMemory.open({ store, key: keys.store, clock, log, file, by });
}
