import type { Context, Lent } from "../context.ts";
import type { LiveReport } from "../live-report.ts";
import type { ScreenReaderChoice } from "../screen-reader.ts";
import type { StateFolder } from "./state-folder.ts";
import type { UpView } from "./up-view.ts";

export interface ViewOptions extends ScreenReaderChoice {
  readonly headless: boolean;
  readonly folder: StateFolder;
  /** Connections, for what the user asks for in the view. */
  readonly lent: Promise<Lent>;
}

/** The terminal UI; plain lines where they are asked for, or where there is no terminal. */
export async function openView(
  context: Context,
  { headless, folder, ...how }: ViewOptions,
): Promise<{ readonly view: UpView; readonly live: LiveReport }> {
  const { terminal, world, clock } = context;
  const { LiveReport } = await import("../live-report.ts");
  const live = new LiveReport(clock);
  if (headless || !terminal.isTty || world.stdin.isTTY !== true) {
    const { headlessView } = await import("./headless.ts");
    return { live, view: headlessView(context, folder, live) };
  }
  const { terminalView } = await import("../terminal-view.ts");
  return { live, view: terminalView(context, { ...how, live, logs: folder.logs }) };
}
