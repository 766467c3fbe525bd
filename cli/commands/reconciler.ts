import { hostname } from "node:os";
import { resolve } from "node:path";
import process from "node:process";
import { Option, type Command } from "commander";
import { readBootId } from "../../agent/machine-ids.ts";
import type { Log } from "../../reconciler/runtime/log.ts";
import { addressesOfHost } from "../addresses-of-host.ts";
import type { Context, ContextFactory } from "../context.ts";
import { daemonLog } from "../daemon-log.ts";
import { withExamples } from "../examples.ts";
import { rememberStore, type StateOption, stateOption } from "../remember-store.ts";
import { secretsFolder } from "../secrets-folder.ts";
import { type Task, together } from "../together.ts";
import { messageOf } from "../../reconciler/model/thrown.ts";

interface ReconcilerCommandOptions extends StateOption {
  readonly source?: string;
  readonly id?: string;
  readonly bootIdFile?: string;
  readonly simulated: boolean;
}

/** `keel reconciler`: decides. Any number may run; one leads. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("reconciler")
    .description("Keep the cluster as it was applied, until ended. Any number may run; one of them leads.")
    .option("--source <folder>", "also watch this folder for edits; one reconciler does")
    .option("--id <name>", "how this one is called among them; else after its host and process")
    .option("--boot-id-file <path>", "instead of the kernel's boot id")
    .addOption(stateOption())
    .addOption(new Option("--simulated", "the nodes are simulated").default(false).hideHelp())
    .action(async (options: ReconcilerCommandOptions, self: Command) => {
      await using run = context(self);
      await reconcile(options, run);
    });
  withExamples(command, [
    ["keel reconciler --source /etc/keel/cluster.d", "watch the folder, too"],
    ["keel reconciler", "stand by, and take over where the leader is gone"],
  ]);
}

async function reconcile(options: ReconcilerCommandOptions, context: Context): Promise<void> {
  const { source, simulated, id = `${hostname()}-${process.pid}` } = options;
  const { clock, random, world } = context;
  const log = await daemonLog(context, { part: "reconciler", id });
  const [{ ClusterFeed }, { runReconciler }, { boundDevices }, { deviceOpener }, { directAsker }] =
    await Promise.all([
      import("../../reconciler/control/cluster-feed.ts"),
      import("../../reconciler/control/reconciler.ts"),
      import("../../reconciler/control/fence/bindings.ts"),
      import("../fence-agents.ts"),
      import("../../reconciler/runtime/direct/ask.ts"),
    ]);
  const [store, maintenance, { keys }] = await Promise.all([
    context.store(),
    context.maintenance(),
    context.cluster(),
  ]);
  const feed = new ClusterFeed({ store, root: keys.root, clock, log });
  // One that has no name of its own goes on from what its predecessor here remembered.
  const part = options.id === undefined ? "reconciler" : `reconciler-${id}`;
  const trust = await rememberStore(context, options, { part, by: `reconciler ${id}`, log });
  const directory = source === undefined ? context.directory : resolve(world.cwd, source);
  const openDevice = deviceOpener({ world, clock, directory });
  const devices = boundDevices(openDevice, () => feed.state);
  const host = {
    bootId: await ownBootId(options, log),
    ask: directAsker({ clock, random }),
    resolve: addressesOfHost,
  };
  const shared = { store, maintenance, keys, clock, log, feed, id, trust };
  const tasks: Task[] = [
    (signal) => feed.run(signal),
    (signal) => trust.run(signal),
    (signal) => runReconciler({ ...shared, devices, openDevice, host }, signal),
  ];
  if (source !== undefined) {
    const [{ runSource }, { FolderReader }, { installedSchema }] = await Promise.all([
      import("../../reconciler/control/source.ts"),
      import("../../reconciler/desired/load/folder-reader.ts"),
      import("../../reconciler/domain-xml/schema/installed-schema.ts"),
    ]);
    const { host } = context.resolveOptions;
    const secrets = secretsFolder({ ...world, directory });
    const reader = new FolderReader({
      folder: directory,
      host,
      simulated,
      clock,
      secretsFolder: secrets,
      domainSchema: installedSchema,
    });
    tasks.push((signal) => runSource({ ...shared, reader, random, host }, signal));
  }
  await together(tasks, world.ended);
}

/** By it a leader knows its own host among the nodes; null: it cannot be told. */
async function ownBootId({ bootIdFile }: ReconcilerCommandOptions, log: Log): Promise<string | null> {
  try {
    return await readBootId(bootIdFile);
  } catch (error) {
    const why = messageOf(error);
    log.warn("this machine's boot id cannot be read: the leader does not know its own host", { why });
    return null;
  }
}
