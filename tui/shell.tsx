/** The part that needs Ink and React: takes the terminal, and gives it back as it was. */
import process from "node:process";
import type { WriteStream } from "node:tty";
import { render, type Instance } from "ink";
import { unreachable } from "../reconciler/model/unreachable.ts";
import { announcements } from "./announce.ts";
import { App, type AppHandle, Listener } from "./components/app.tsx";
import type { Size } from "./layout.ts";
import { paletteOf, type Palette } from "./palette.ts";
import type { TuiOptions } from "./ports.ts";
import { Session, type TerminalEffect } from "./session.ts";
import type { Snapshot } from "./snapshot.ts";
import { followSignals } from "./signals.ts";
import { terminalTraits } from "./terminal.ts";

/** Keys are drawn at most this often: a held key does not flood a slow line. */
const mostFramesPerSecond = 30;
/** Cursor to the first cell, everything after it erased. */
const clearScreen = "\u001B[H\u001B[J";

/** What `runTui` does, once Ink and React are loaded. */
export async function runShell(options: TuiOptions, signal?: AbortSignal): Promise<void> {
  const { stdin, stdout, clock } = options;
  const found = terminalTraits(process.env);
  const traits = { ...found, spoken: options.screenReader ?? found.spoken };
  let app: AppHandle | null = null;
  const size = traits.spoken ? spokenSize : sizeOf(stdout);
  const session = new Session({ ...options, traits, size, onTerminal });
  const onReady = (ready: AppHandle) => (app = ready);
  const shown = {
    stdin,
    stdout,
    palette: paletteOf(traits.colour),
    framesPerSecond: mostFramesPerSecond,
    onReady,
  };
  const instance = traits.spoken ? speak(session, { stdin, stdout, onReady }) : mount(session, shown);
  const stopResizing = traits.spoken ? () => undefined : followSize(stdout, instance, session);
  const leave = () => {
    instance.unmount();
  };
  const signals = followSignals({ clock, redraw, handOver, leave });
  signal?.addEventListener("abort", leave);
  if (signal?.aborted === true) leave();

  function onTerminal(effect: TerminalEffect): void {
    switch (effect.kind) {
      case "edit":
        void handOver(() => session.edit(effect.object));
        break;
      case "quit":
        leave();
        break;
      case "suspend":
        void signals.suspend();
        break;
      case "redraw":
        void redraw();
        break;
      default:
        unreachable(effect);
    }
  }

  async function handOver(meanwhile: () => Promise<void>): Promise<void> {
    await app?.suspendTerminal(meanwhile);
  }

  /** Taking the terminal back draws everything anew, also when nobody had it meanwhile. */
  function redraw(): Promise<void> {
    return handOver(() => Promise.resolve());
  }

  try {
    await instance.waitUntilExit();
  } finally {
    signal?.removeEventListener("abort", leave);
    signals.close();
    stopResizing();
    session.close();
  }
}

export interface MountOptions {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly palette: Palette;
  readonly framesPerSecond: number;
  readonly onReady: (handle: AppHandle) => void;
}

/** Draws a session on a terminal, from then on only what changes. */
export function mount(session: Session, options: MountOptions): Instance {
  const { stdin, stdout, palette, framesPerSecond, onReady } = options;
  return render(<App session={session} palette={palette} onReady={onReady} />, {
    stdin,
    stdout,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    maxFps: framesPerSecond,
  });
}

/** Nothing has to fit anywhere. */
const spokenSize: Size = { columns: 240, rows: 60 };

/** Writes what is said of a session line by line; what was said stays where it is. */
export function speak(
  session: Session,
  options: Pick<MountOptions, "stdin" | "stdout" | "onReady">,
): Instance {
  const { stdin, stdout, onReady } = options;
  let said: Snapshot | null = null;
  const say = (): void => {
    const now = session.snapshot();
    for (const line of announcements(said, now)) stdout.write(`${line}\n`);
    said = now;
  };
  const instance = render(<Listener session={session} onReady={onReady} />, {
    stdin,
    stdout,
    interactive: true,
    patchConsole: false,
  });
  session.subscribe(say);
  say();
  return instance;
}

/** Terminals reflow what is on screen when they are resized; nothing of that can be kept. */
function followSize(stdout: WriteStream, instance: Instance, session: Session): () => void {
  const onResize = () => {
    instance.clear();
    stdout.write(clearScreen);
    session.resize(sizeOf(stdout));
  };
  stdout.on("resize", onResize);
  return () => stdout.off("resize", onResize);
}

function sizeOf(stdout: WriteStream): Size {
  return { columns: stdout.columns > 0 ? stdout.columns : 80, rows: stdout.rows > 0 ? stdout.rows : 24 };
}
