/** What is looked at before a change is made for a request, and what is no failure after it. */
import { realpath } from "node:fs/promises";
import { checkMatch } from "../../reconciler/api/etag.ts";
import type { Call } from "../../reconciler/api/ports.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { Context } from "../context.ts";

/** That something needs an approval is no failure of the edit: it is in force, and the plan says what waits. */
export async function unlessWaiting(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof KeelError) || error.code !== "approval-needed") throw error;
  }
}

/** @throws KeelError `precondition-failed` */
export async function checkInForce(context: Context, { ifMatch }: Call): Promise<void> {
  checkMatch(ifMatch, (await context.feed()).state.applied.revision);
}

/** One folder edits a cluster: where another one is watched, this is not it. @throws KeelError `source-elsewhere` */
export async function checkSource(context: Context, what: string): Promise<void> {
  const [source] = (await context.feed()).state.sources.values();
  if (source === undefined) return;
  const [here, there] = await Promise.all([real(context.directory), real(source.directory)]);
  if (source.host === context.resolveOptions.host && here === there) return;
  const { directory, host } = source;
  throw new KeelError("source-elsewhere", { what, directory, host });
}

function real(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
