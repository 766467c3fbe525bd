import { link, open, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import { KeelError } from "../../../reconciler/model/errors.ts";
import { neverRestored, type StoreRecord } from "../../../reconciler/model/store-record.ts";
import type { Backup } from "../../../reconciler/store/backup.ts";
import { decode } from "../../../reconciler/store/codec.ts";
import type { Context, ContextFactory } from "../../context.ts";
import { withExamples } from "../../examples.ts";
import { count } from "../../../tui/view/amounts.ts";
import { messageOf } from "../../../reconciler/model/thrown.ts";

interface BackupOptions {
  readonly force: boolean;
}

/** `keel store backup`: all records of the cluster in a file. */
export function register(store: Command, context: ContextFactory): void {
  const backup = store
    .command("backup")
    .description("Write all records of the cluster, as they stand at one moment, into a file.")
    .argument("<file>", "where to; readable by its owner alone")
    .option("--force", "replace a file that is there", false)
    .action(async (file: string, options: BackupOptions, command: Command) => {
      await using run = context(command);
      await backUp(file, options, run);
    });
  withExamples(backup, [
    ["keel store backup lab.backup", "then: keel store verify lab.backup"],
    ["keel store backup --force /var/backups/keel/lab.backup", "every night"],
  ]);
}

async function backUp(file: string, { force }: BackupOptions, context: Context): Promise<void> {
  const format = context.format(["table", "json", "yaml"]);
  const { backupOf, backupText } = await import("../../../reconciler/store/backup.ts");
  const [store, { name: cluster, keys }] = await Promise.all([context.store(), context.cluster()]);
  const snapshot = await store.list(keys.root);
  if (snapshot.items.some(({ key }) => key === keys.restoring))
    throw refused("a restore into this store is half done", "Finish or clear it first.");
  const held = snapshot.items.find(({ key }) => key === keys.store);
  const { counter } = held === undefined ? neverRestored : decode<StoreRecord>(held);
  const origin = { cluster, root: keys.root, counter, at: context.clock.now() };
  const made = backupOf(snapshot, origin);
  await write(resolve(context.world.cwd, file), file, backupText(made), force);
  if (format === "table") tell(made, file, context);
  else {
    const report = { file, ...made.header, sha256: made.sha256 };
    await (await import("../../output/answer.ts")).printData(context, format, report);
  }
}

function tell({ header, sha256 }: Backup, file: string, context: Context): void {
  const { cluster, revision, records } = header;
  context.out(`Wrote ${file}: ${count(records, "record")} of ${cluster} at revision ${String(revision)}.`);
  context.out(`  sha256 ${sha256}`);
}

/** Whole or not at all: under another name first. Nothing that is there is replaced unless told to. */
async function write(path: string, file: string, text: Iterable<string>, force: boolean): Promise<void> {
  const temporary = `${path}.${String(process.pid)}.new`;
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (force) await rename(temporary, path);
    else await link(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST")
      throw refused(`${file} is there already`, "Name another file, or say `--force`.");
    const why = messageOf(cause);
    const advice = "Nothing was changed. Name a folder that may be written to.";
    throw new KeelError("failed", { what: `writing ${file}`, why, advice }, { cause });
  } finally {
    await rm(temporary, { force: true });
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function refused(why: string, advice: string): KeelError {
  return new KeelError("refused", { what: "Taking a backup", why, advice });
}
