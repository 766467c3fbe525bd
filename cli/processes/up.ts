/** `keel up`: everything on one machine, and somebody who watches it. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { Context } from "../context.ts";
import { findClusterName } from "../discovery.ts";
import { LiveReport } from "../live-report.ts";
import type { Lent } from "../open-context.ts";
import { together } from "../together.ts";
import type { UpView } from "./up-view.ts";
import { runEverything } from "./everything.ts";
import { lockFolder } from "./folder-lock.ts";
import { headlessView } from "./headless.ts";
import { launchKeel } from "./launch.ts";
import { trimLogs } from "./log-trimming.ts";
import { prepareStateFolder, type StateFolder, stateFolderOf } from "./state-folder.ts";

export interface UpOptions {
  readonly headless?: true;
  readonly cluster?: string;
}

/**
 * Runs until the command is ended or the user leaves.
 * @throws KeelError `already-running`, `source-unreadable`, `failed`
 */
export async function up(options: UpOptions, context: Context): Promise<void> {
  const { clock, world, directory, directoryName } = context;
  if (!existsSync(directory) && !existsSync(stateFolderOf(directory))) {
    throw new KeelError("source-unreadable", { directory: directoryName, why: "there is no such folder" });
  }
  const folder = prepareStateFolder(directory, world.env);
  const unlock = await lockFolder(folder.run, directoryName);
  const live = new LiveReport(clock);
  try {
    const serving = Promise.withResolvers<Lent>();
    const view = await viewFor(options, context, folder, live, serving.promise);
    const where = { env: world.env, cwd: dirname(directory), directory };
    const everything = {
      folder,
      directory,
      clusterName: await findClusterName(options.cluster, where),
      host: context.resolveOptions.host,
      user: context.user,
      launch: launchKeel(dirname(directory), world.env),
      clock,
      random: context.random,
      live,
      onServing: serving.resolve,
      tell: (what: string, text: string) => view.say(clock.now(), what, text),
    };
    const tasks = [
      (signal: AbortSignal) => runEverything(everything, signal),
      (signal: AbortSignal) => trimLogs(folder.logs, clock, signal),
      view.watch,
    ];
    await together(tasks, world.ended);
    view.end();
  } finally {
    live.close();
    await unlock();
  }
}

async function viewFor(
  { headless }: UpOptions,
  context: Context,
  folder: StateFolder,
  live: LiveReport,
  lent: Promise<Lent>,
): Promise<UpView> {
  const { terminal, world } = context;
  if (headless === true || !terminal.isTty || world.stdin.isTTY !== true) return headlessView(context, folder, live);
  const { terminalView } = await import("../terminal-view.ts");
  return terminalView(context, live, lent, folder.logs);
}
