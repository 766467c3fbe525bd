import { dirname, join, resolve } from "node:path";
import type { World } from "./world.ts";

/** Where `{ file: … }` secrets are: KEEL_SECRETS, else `secrets` beside the folder of the desired state. Absolute. */
export function secretsFolder({
  env,
  cwd,
  directory,
}: Pick<World, "env" | "cwd"> & { readonly directory: string }): string {
  const named = env["KEEL_SECRETS"];
  return named === undefined || named === "" ? join(dirname(directory), "secrets") : resolve(cwd, named);
}
