import { useApp, useInput, usePaste } from "ink";
import { useEffect, useSyncExternalStore, type ReactNode } from "react";
import type { Palette } from "../palette.ts";
import type { Session } from "../session.ts";
import { Frame } from "./frame.tsx";

/** What Ink lets only its components do. */
export type AppHandle = Pick<ReturnType<typeof useApp>, "suspendTerminal">;

interface AppProps {
  readonly session: Session;
  readonly palette: Palette;
  readonly onReady: (handle: AppHandle) => void;
}

/** Draws the session and gives it the keys. */
export function App({ session, palette, onReady }: AppProps): ReactNode {
  const snapshot = useSyncExternalStore(session.subscribe, session.snapshot);
  useTerminal(session, onReady);
  return <Frame snapshot={snapshot} palette={palette} />;
}

/** Gives it the keys, and draws nothing: what is to be said is written line by line. */
export function Listener({ session, onReady }: Omit<AppProps, "palette">): ReactNode {
  useTerminal(session, onReady);
  return null;
}

function useTerminal(session: Session, onReady: AppProps["onReady"]): void {
  const { suspendTerminal } = useApp();
  useInput(session.input);
  usePaste(session.paste);
  useEffect(() => {
    onReady({ suspendTerminal });
  }, [onReady, suspendTerminal]);
}
