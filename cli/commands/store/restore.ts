import type { Command } from "commander";
import { KeelError } from "../../../reconciler/model/errors.ts";
import type { Backup } from "../../../reconciler/store/backup.ts";
import type { Cluster, Context, ContextFactory } from "../../context.ts";
import { formatTime } from "../../../reconciler/desired/times.ts";
import { withExamples } from "../../examples.ts";
import { name } from "../../option-values.ts";
import { count } from "../../../tui/view/amounts.ts";
import { readBackupFile } from "../../read-backup-file.ts";

interface RestoreOptions {
  readonly into?: string;
  readonly clear: boolean;
  readonly yes: boolean;
}

/** `keel store restore`: a backup, into a store that has nothing of the cluster. */
export function register(store: Command, context: ContextFactory): void {
  const restore = store
    .command("restore")
    .description("Put a backup into an empty store. Nothing acts on it until `keel store accept-restore`.")
    .argument("[file]", "what `keel store backup` wrote")
    .option("--into <cluster>", "the cluster that it becomes; there may be no record of it yet", name)
    .option("--clear", "take away what an interrupted restore left", false)
    .option("-y, --yes", "do not ask", false)
    .action(async (file: string | undefined, options: RestoreOptions, command: Command) => {
      await using run = context(command);
      if (options.clear) await clear(options, run);
      else await restoreInto(file, options, run);
    });
  withExamples(restore, [
    ["keel store restore lab.backup --into lab", "into the store that `--store` names"],
    ["keel store restore --into lab --clear", "begin anew after one that was interrupted"],
  ]);
}

async function restoreInto(
  file: string | undefined,
  options: RestoreOptions,
  context: Context,
): Promise<void> {
  if (file === undefined) throw new KeelError("usage", { problem: "Name the file to restore." });
  const { name: cluster, keys } = await clusterMeant(options);
  const backup = await readBackupFile(file, context.world.cwd);
  await refuseBroken(backup, file);
  const { restoreBackup } = await import("../../../reconciler/store/backup-restore.ts");
  const [store, endpoints] = await Promise.all([context.store(), context.endpoints()]);
  if (!options.yes) await context.confirm(question(backup, cluster, endpoints));
  const { user: by, clock } = context;
  const { records, continued } = await restoreBackup(backup, { store, keys, by, now: clock.now() });
  const again = continued ? ", going on with an earlier try" : "";
  context.out(`Restored ${count(records, "record")} into cluster ${cluster}${again}.`);
  context.out("  The store is frozen: nothing acts on records that may be older than what runs.");
  context.out("Next: start reconcilers and agents, then keel store accept-restore");
}

function question({ header }: Backup, cluster: string, endpoints: readonly string[]): string {
  const taken = `${header.cluster}, taken ${formatTime(header.at)}, ${count(header.records, "record")}`;
  return `Restore the backup of ${taken}, into cluster ${cluster} at ${endpoints.join(", ")}? Only \`yes\` is yes: `;
}

/** The cluster's name is typed, never found: it must be meant. */
async function clusterMeant({ into }: RestoreOptions): Promise<Cluster> {
  if (into === undefined)
    throw new KeelError("usage", { problem: "Say which cluster it becomes: --into NAME." });
  const { clusterKeys } = await import("../../../reconciler/store/keys.ts");
  return { name: into, keys: clusterKeys(into) };
}

/** A file may be whole and still hold what nobody can read. */
async function refuseBroken(backup: Backup, file: string): Promise<void> {
  const { verifyBackup } = await import("../../../reconciler/control/verify-records.ts");
  const [problem] = verifyBackup(backup).problems;
  if (problem !== undefined) throw new KeelError("backup-damaged", { file, why: problem });
}

async function clear(options: RestoreOptions, context: Context): Promise<void> {
  const { name: cluster, keys } = await clusterMeant(options);
  const { clearRestore } = await import("../../../reconciler/store/backup-restore.ts");
  const store = await context.store();
  if (!options.yes)
    await context.confirm(`Take away what was restored of ${cluster} so far? Only \`yes\` is yes: `);
  const records = await clearRestore({ store, keys });
  context.out(`Took away ${count(records, "record")} of cluster ${cluster}.`);
}
