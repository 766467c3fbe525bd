import { shownId } from "../output/object-names.ts";
import type { Context } from "../context.ts";
import { type LiveReport, timeOfDay } from "../live-report.ts";
import { untilAborted } from "../until-aborted.ts";
import { programVersion } from "../version.ts";
import type { UpView } from "./up-view.ts";
import { Narrator, type Sentence } from "./narrator.ts";
import type { StateFolder } from "./state-folder.ts";

const objectColumn = 16;

/** What happens in plain lines on standard output: time, object, sentence. */
export function headlessView(
  { clock, out }: Pick<Context, "clock" | "out">,
  folder: StateFolder,
  live: LiveReport,
): UpView {
  const say = (at: number, what: string, text: string): void => {
    for (const line of text.split("\n")) out(`${timeOfDay(at)}  ${what.padEnd(objectColumn)}  ${line}`);
  };
  const watch = async (signal: AbortSignal): Promise<void> => {
    const narrator = new Narrator();
    const unsubscribe = live.subscribe(() => {
      const report = live.current();
      if (report === null) return;
      for (const sentence of narrator.look(report, live.isBusy, clock.now()))
        say(sentence.at, nameOf(sentence), sentence.text);
    });
    await untilAborted(signal);
    unsubscribe();
  };
  out(`Evenkeel ${programVersion()} on this machine, with simulated nodes. State and logs: ${folder.root}`);
  out("In a second terminal: keel plan, keel get vm, keel tui. SIGTERM or Ctrl-C ends everything.");
  return { say, watch, end: () => say(clock.now(), "keel", "stopped") };
}

function nameOf({ object }: Sentence): string {
  return object === "cluster.d" ? object : shownId(object);
}
