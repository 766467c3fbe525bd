/** What a key leads to. */
import type { ClusterReport } from "../reconciler/model/report.ts";
import type { Shape } from "./cursor.ts";
import type { UiAction, UiState } from "./state.ts";

/** What a key works on. */
export interface KeyContext {
  readonly state: UiState;
  readonly report: ClusterReport | null;
  /** The object under the cursor: `VM/web1`. */
  readonly object: string | null;
  readonly shapes: readonly Shape[];
}

/** What the shell does; everything else is an action for the reducer. */
export type Effect =
  | { readonly kind: "apply"; readonly digest: string | null }
  | { readonly kind: "approve"; readonly vm: string; readonly disks: readonly string[] }
  | { readonly kind: "run"; readonly words: readonly string[] }
  /** The terminal is the editor's meanwhile. */
  | { readonly kind: "edit"; readonly object: string }
  | { readonly kind: "refresh" }
  | { readonly kind: "redraw" }
  | { readonly kind: "suspend" }
  | { readonly kind: "quit" };

export type Outcome = { readonly do: readonly UiAction[]; readonly then: Effect | null };

export function act(...actions: readonly UiAction[]): Outcome {
  return { do: actions, then: null };
}

export function effect(then: Effect, ...actions: readonly UiAction[]): Outcome {
  return { do: actions, then };
}
