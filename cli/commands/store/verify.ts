import { resolve } from "node:path";
import type { Command } from "commander";
import type { Verdict } from "../../../reconciler/control/verify-records.ts";
import { exitCodes, KeelError } from "../../../reconciler/model/errors.ts";
import { unreachable } from "../../../reconciler/model/unreachable.ts";
import type { Verification } from "../../../reconciler/store/embedded/verify-directory.ts";
import type { Context, ContextFactory } from "../../context.ts";
import { withExamples } from "../../examples.ts";
import { count } from "../../../tui/view/amounts.ts";
import { readBackupFile } from "../../read-backup-file.ts";
import { messageOf } from "../../../reconciler/model/thrown.ts";

interface VerifyOptions {
  readonly directory?: string;
}

/** `keel store verify -o json`. */
export interface VerifyReport extends Verdict {
  readonly what: string;
  readonly ok: boolean;
}

/** `keel store verify`: whether a backup, or the store as it is now, is whole. Changes nothing. */
export function register(store: Command, context: ContextFactory): void {
  const verify = store
    .command("verify")
    .description(
      "Check a backup, or the store itself: every record is readable, and what is in force is whole.",
    )
    .argument("[file]", "a backup; left out, the store as it is now")
    .option("--directory <folder>", "the files of an embedded store that is not running")
    .action(async (file: string | undefined, options: VerifyOptions, command: Command) => {
      await using run = context(command);
      if (options.directory === undefined) await verifyOne(file, run);
      else await verifyFiles(options.directory, run);
    });
  withExamples(verify, [
    ["keel store verify lab.backup", "a backup"],
    ["keel store verify", "the store as it is now"],
    ["keel store verify --directory .keel/store", "the files of an embedded store, ended before"],
  ]);
}

async function verifyOne(file: string | undefined, context: Context): Promise<void> {
  const format = context.format(["table", "json", "yaml"]);
  const verdict = file === undefined ? await verifyStore(context) : await verifyFile(file, context);
  const report: VerifyReport = {
    what: file ?? "the store",
    ok: verdict.problems.length === 0,
    ...verdict,
  };
  if (format === "table") tell(report, context);
  else await (await import("../../output/answer.ts")).printData(context, format, report);
  context.exitWith(report.ok ? exitCodes.ok : exitCodes.error);
}

async function verifyFile(file: string, context: Context): Promise<Verdict> {
  const { verifyBackup } = await import("../../../reconciler/control/verify-records.ts");
  return verifyBackup(await readBackupFile(file, context.world.cwd));
}

async function verifyStore(context: Context): Promise<Verdict> {
  const { verifyRecords } = await import("../../../reconciler/control/verify-records.ts");
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  const { items } = await store.list(keys.root);
  return verifyRecords(items, keys);
}

/** The files themselves, sum by sum, as a start of the embedded server would read them. */
async function verifyFiles(directory: string, context: Context): Promise<void> {
  const format = context.format(["table", "json", "yaml"]);
  const { verifyDirectory } = await import("../../../reconciler/store/embedded/verify-directory.ts");
  const found = await verifyDirectory(resolve(context.world.cwd, directory), context.clock).catch(
    (cause: unknown) => {
      const why = messageOf(cause);
      const advice = "Name the folder of an embedded store: `.keel/store` beside cluster.d.";
      throw new KeelError("failed", { what: `reading ${directory}`, why, advice }, { cause });
    },
  );
  if (format === "table") context.out(`${directory}: ${sentenceOf(found)}`);
  else await (await import("../../output/answer.ts")).printData(context, format, found);
  context.exitWith(found.kind === "sound" ? exitCodes.ok : exitCodes.error);
}

function sentenceOf(found: Verification): string {
  switch (found.kind) {
    case "empty":
      return "there is no store in it.";
    case "in-use":
      return `process ${String(found.pid)} serves it; end that one first, or leave \`--directory\` out.`;
    case "damaged":
      return found.message;
    case "sound": {
      const cut =
        found.cut === null ? "" : " The end of an interrupted write will be cut off at the next start.";
      return `sound: ${count(found.keys, "key")} at revision ${String(found.revision)}.${cut}`;
    }
    default:
      return unreachable(found);
  }
}

function tell({ what, records, generation, documents, problems, ok }: VerifyReport, context: Context): void {
  const force =
    generation === null
      ? "nothing is applied"
      : `generation ${String(generation)} with ${count(documents, "document")}`;
  context.out(`${what}: ${count(records, "record")}, ${force}.`);
  for (const problem of problems) context.out(`  ! ${problem}`);
  context.out(ok ? "All of it is whole." : `${count(problems.length, "problem")}.`);
}
