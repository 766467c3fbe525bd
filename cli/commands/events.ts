import type { Command } from "commander";
import type { ClusterFeed } from "../../reconciler/control/cluster-feed.ts";
import { kinds, objectId, type ObjectId } from "../../reconciler/model/names.ts";
import { warnIfFrozen } from "../frozen.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import type { EventItem } from "../../reconciler/control/report/event-item.ts";
import { Changes } from "../follow/changes.ts";
import { printData } from "../output/answer.ts";
import { eventLine } from "../output/event-line.ts";
import { jsonLineOf } from "../../reconciler/control/report/json.ts";
import { listFormats, type WatchFormat, watchFormats } from "../output/listing-output.ts";
import { objectNamed } from "../output/object-names.ts";
import { print } from "../output/paint.ts";

interface EventsOptions {
  readonly object?: string;
  readonly watch?: true;
}

/** `keel events`: what happened, oldest first, as a log is read. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("events")
    .description("What happened, oldest first: each decision with its reason, each step with its end.")
    .option("--object <kind/name>", "only what is about this: vm/web1, node/hv1")
    .option("-w, --watch", "go on, and write what happens from now on")
    .action(async (options: EventsOptions, self: Command) => {
      await using run = context(self);
      await tellEvents(options, run);
    });
  withExamples(command, [
    ["keel events --object vm/web1", "the story of one VM"],
    ["keel events --watch", "what happens, while it happens"],
  ]);
}

async function tellEvents(options: EventsOptions, context: Context): Promise<void> {
  const format = context.format(options.watch === true ? watchFormats : listFormats);
  const about = options.object === undefined ? null : idOf(options.object);
  const feed = await context.feed();
  warnIfFrozen(feed.state, context);
  const { reportEvents } = await import("../listings/events.ts");
  const { viewOf } = await import("../view.ts");
  const events = () =>
    reportEvents(viewOf(feed, context)).filter((event) => about === null || event.object === about);
  if (format === "yaml" || (format === "json" && options.watch !== true)) {
    await printData(context, format, { items: events() });
    return;
  }
  printLines(context, events(), format);
  if (options.watch === true) await watch(context, feed, events, format);
}

function idOf(text: string): ObjectId {
  const { kind, name } = objectNamed(text, undefined, kinds);
  return objectId(kind, name);
}

function printLines(context: Context, events: readonly EventItem[], format: WatchFormat): void {
  switch (format) {
    case "json":
      for (const event of events) context.out(jsonLineOf(event));
      return;
    case "name":
      for (const { name } of events) context.out(`event/${name}`);
      return;
    case "table":
    case "wide":
      print(
        context,
        events.map((event) => eventLine(event, format === "wide")),
      );
  }
}

async function watch(
  context: Context,
  feed: ClusterFeed,
  events: () => readonly EventItem[],
  format: WatchFormat,
): Promise<never> {
  const changes = new Changes(feed, context);
  let told = new Set(events().map(({ name }) => name));
  for (;;) {
    await changes.next();
    const now = events();
    printLines(
      context,
      now.filter(({ name }) => !told.has(name)),
      format,
    );
    told = new Set(now.map(({ name }) => name));
  }
}
