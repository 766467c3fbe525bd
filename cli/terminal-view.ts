/** The terminal UI of a running cluster, with the command line's commands behind its actions. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { KeelError } from "../reconciler/model/errors.ts";
import { runTui } from "../tui/main.tsx";
import type { Context, Lent } from "./context.ts";
import { LiveReport } from "./live-report.ts";
import { tuiActions } from "./tui-actions.ts";
import type { UpView } from "./processes/up-view.ts";
import type { ScreenReaderChoice } from "./screen-reader.ts";

/** For `keel up`: shown from the beginning, while the parts are still starting. Their news go to `up.log`. */
export function terminalView(
  context: Context,
  { logs, ...shown }: Omit<Shown, "readOnly"> & { readonly logs: string },
): UpView {
  return {
    say: (at, what, text) => {
      appendFileSync(join(logs, "up.log"), `${new Date(at).toISOString()} ${what} ${text}\n`, {
        mode: 0o600,
      });
    },
    watch: (signal) => show(context, { ...shown, readOnly: true }, signal),
    end: () => context.out("stopped"),
  };
}

/** `keel tui`: until the user leaves. @throws StoreError where the store does not answer */
export async function watchCluster(
  context: Context,
  how: Pick<Shown, "readOnly"> & ScreenReaderChoice,
): Promise<void> {
  const live = new LiveReport(context.clock);
  try {
    live.follow(await context.feed());
    await show(context, { live, lent: Promise.resolve(context), ...how }, context.signal);
  } finally {
    live.close();
  }
}

interface Shown extends ScreenReaderChoice {
  readonly live: LiveReport;
  readonly lent: Promise<Lent>;
  readonly readOnly: boolean;
}

async function show(context: Context, { live, lent, ...how }: Shown, signal: AbortSignal): Promise<void> {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) {
    throw new KeelError("usage", {
      problem: "The terminal UI needs a terminal; `keel get` shows the same as text.",
    });
  }
  const left = new AbortController();
  const actions = tuiActions(context, lent, left.signal);
  try {
    await runTui({ cluster: live, actions, clock: context.clock, ...how, stdin, stdout }, signal);
  } finally {
    left.abort();
  }
}
