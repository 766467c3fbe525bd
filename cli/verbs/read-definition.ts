import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { Context } from "../context.ts";
import { abortable } from "../until-aborted.ts";
import { messageOf } from "../../reconciler/model/thrown.ts";

/** `-`: standard input, to its end. @throws KeelError `failed` where it cannot be read */
export async function readDefinition({ world, signal }: Context, file: string): Promise<string> {
  try {
    if (file === "-") return await abortable(textOf(world.stdin), signal);
    return await readFile(resolve(world.cwd, file), "utf8");
  } catch (error) {
    signal.throwIfAborted();
    const why = messageOf(error);
    throw new KeelError("failed", {
      what: `Reading ${file}`,
      why,
      advice: "Name a file of documents, or of a domain XML.",
    });
  }
}
