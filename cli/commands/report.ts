import { resolve } from "node:path";
import type { Command } from "commander";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { warnIfFrozen } from "../frozen.ts";
import { messageOf } from "../../reconciler/model/thrown.ts";

interface ReportOptions {
  /** true: no file is named. */
  readonly html: string | true;
}

/** `keel report`: the cluster for somebody who has no keel. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("report")
    .description(
      "Write the cluster as one file to be looked at elsewhere: map, placement, drift, edits, events.",
    )
    .requiredOption(
      "--html [file]",
      "an HTML page without anything from elsewhere; without a file to standard output",
    )
    .action(async ({ html }: ReportOptions, self: Command) => {
      await using run = context(self);
      await report(run, html === true ? null : html);
    });
  withExamples(command, [
    ["keel report --html cluster.html", "open it in a browser, print it, send it"],
    ["keel report --html > cluster.html", "the same"],
  ]);
}

/** @throws KeelError `failed` where the file cannot be written */
async function report(context: Context, file: string | null): Promise<void> {
  context.format(["table"]);
  const [{ presentInput }, { reportSpare }, { viewOf }, { clusterPage }] = await Promise.all([
    import("../../reconciler/control/plan-input.ts"),
    import("../../reconciler/control/report/what-if.ts"),
    import("../view.ts"),
    import("../output/html/cluster-page.ts"),
  ]);
  const feed = await context.feed();
  warnIfFrozen(feed.state, context);
  const view = viewOf(feed, context);
  const spare = reportSpare(presentInput(view.state, view.now));
  const page = clusterPage({ ...view.report, spare }, view.now);
  if (file === null) context.out(page);
  else await write(resolve(context.world.cwd, file), `${page}\n`);
}

/** Whole at every moment: a web server may be serving the one before. */
async function write(path: string, text: string): Promise<void> {
  const { createFile, replaceFile } = await import("../../reconciler/desired/edit/replace-file.ts");
  try {
    if (!(await createFile(path, text))) await replaceFile(path, text, () => true);
  } catch (cause) {
    const why = messageOf(cause);
    const advice = "Name a file that you may write.";
    throw new KeelError("failed", { what: `writing the report to ${path}`, why, advice }, { cause });
  }
}
