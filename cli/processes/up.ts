/** `keel up`: everything on one machine, and somebody who watches it. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { Context, Lent } from "../context.ts";
import { findClusterName } from "../discovery.ts";
import type { ScreenReaderChoice } from "../screen-reader.ts";
import { together } from "../together.ts";
import { lockFolder } from "./folder-lock.ts";
import { launchKeel } from "./launch.ts";
import { awaitLeftovers } from "./leftovers.ts";
import { trimLogs } from "./log-trimming.ts";
import { Machinery } from "./machinery.ts";
import { leaveStateFolder, prepareStateFolder, type StateFolder, stateFolderOf } from "./state-folder.ts";
import { openView } from "./open-view.ts";

export interface UpOptions extends ScreenReaderChoice {
  readonly headless?: true;
  readonly cluster?: string;
  readonly store?: string;
}

/**
 * Runs until the command is ended or the user leaves.
 * @throws KeelError `already-running`, `source-unreadable`, `failed`
 */
export async function up(options: UpOptions, context: Context): Promise<void> {
  const { world, directory, directoryName } = context;
  if (options.store !== undefined) {
    throw new KeelError("usage", { problem: "`keel up` has a store of its own; leave --store out." });
  }
  if (!existsSync(directory) && !existsSync(stateFolderOf(directory))) {
    throw new KeelError("source-unreadable", { directory: directoryName, why: "there is no such folder" });
  }
  const folder = prepareStateFolder(directory, world.env);
  const unlock = await lockFolder(folder.run, directoryName);
  try {
    await awaitLeftovers(folder.run, context.clock, world.ended);
    await runAll(options, context, folder);
  } finally {
    await unlock();
  }
}

/** The store starts while this process still loads what it needs itself; that takes about as long. */
async function runAll(options: UpOptions, context: Context, folder: StateFolder): Promise<void> {
  const { clock, random, user, world, directory } = context;
  const serving = Promise.withResolvers<Lent>();
  const { headless = false, screenReader } = options;
  const viewing = openView(context, {
    headless,
    folder,
    lent: serving.promise,
    ...(screenReader === undefined ? {} : { screenReader }),
  });
  const tell = (what: string, text: string): void =>
    void viewing.then(({ view }) => view.say(clock.now(), what, text));
  const launch = launchKeel(dirname(directory), world.env);
  const machinery = new Machinery({ folder, directory, launch, clock, tell });
  const storeReady = machinery.startStore();
  // Its failure is met where it is waited for.
  storeReady.catch(() => undefined);
  try {
    const [{ conduct }, { view, live }, clusterName] = await Promise.all([
      import("./conduct.ts"),
      viewing,
      findClusterName(options.cluster, { env: world.env, cwd: dirname(directory), directory }),
    ]);
    const { host } = context.resolveOptions;
    const shared = { machinery, folder, directory, clusterName, host, user, clock, random, live, tell };
    const tasks = [
      (signal: AbortSignal) => conduct({ ...shared, onServing: serving.resolve }, storeReady, signal),
      (signal: AbortSignal) => trimLogs(folder.logs, clock, signal),
      view.watch,
    ];
    await together(tasks, world.ended);
  } finally {
    tell("keel", `${why(world.ended)}ends all processes, the simulated guests too`);
    await machinery.end();
    leaveStateFolder(folder);
    const { view, live } = await viewing;
    live.close();
    view.end();
  }
}

/** `SIGTERM: `, where that is why. */
function why(ended: AbortSignal): string {
  return ended.reason instanceof KeelError ? `${ended.reason.parameters["by"] ?? "asked to"}: ` : "";
}
