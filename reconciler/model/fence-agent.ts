/** A fence agent as its own metadata describes it: what may be said to it, and what it can do. */
export interface FenceAgent {
  /** Without `fence_`: `ipmilan`. */
  readonly name: string;
  readonly parameters: ReadonlyMap<string, FenceParameter>;
  readonly actions: ReadonlySet<string>;
  /** It cuts a machine off from its storage or network, and leaves it running. */
  readonly isFabric: boolean;
}

export interface FenceParameter {
  readonly name: string;
  readonly type: "string" | "integer" | "boolean" | "second" | "select";
  /** Of a `select`; else empty. */
  readonly choices: readonly string[];
}

/** What is known of an agent on this machine. */
export type KnownAgent =
  | { readonly known: true; readonly agent: FenceAgent }
  /** `advice` says what to install, where it is not there. */
  | { readonly known: false; readonly why: string; readonly advice: string };
