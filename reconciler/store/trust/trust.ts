/** What all who decide or act ask before they do: may this store be believed? */
import type { StoreFreeze } from "../../model/store-record.ts";
import type { Compare, Revision } from "../store.ts";
import { abortReason } from "../../model/thrown.ts";

export type TrustState =
  /** It was not looked at yet, or did something that has to be looked into. */
  | { readonly state: "unknown" }
  | { readonly state: "trusted"; readonly record: Revision }
  | { readonly state: "frozen"; readonly record: Revision; readonly freeze: StoreFreeze };

export interface StoreTrust {
  readonly state: TrustState;
  /** What every decision and every claim compares; null: now there may be none. */
  guard(): Compare | null;
  /** The highest revision seen: taken before a write, given back with its answer's. */
  highest(): Revision;
  /** Whether an answer to what was asked at `highest` can be of the same store. Where it is not, all is frozen. */
  confirm(highest: Revision, answered: Revision): boolean;
  /** Placements of this epoch were seen. */
  sawEpoch(epoch: number): void;
  readonly epoch: number;
  /** Aborted when the present state ends. */
  readonly until: AbortSignal;
  /** Calls back whenever the state has changed. The returned function ends it. */
  subscribe(callback: TrustListener): () => void;
}

/** `readAnew`: what is known of the store may be of one that is no more. Not so where it is only trusted at last. */
export type TrustListener = (readAnew: boolean) => void;

/** For a store that nobody sets back: those of tests, and of simulations that are not about this. */
export function unwaveringTrust(key: string): StoreTrust {
  const until = new AbortController().signal;
  return {
    state: { state: "trusted", record: 0 },
    guard: () => ({ key, modRevision: 0 }),
    highest: () => 0,
    confirm: () => true,
    sawEpoch: () => undefined,
    epoch: 0,
    until,
    subscribe: () => () => undefined,
  };
}

/** Resolves once the store may be believed; rejects when `signal` is aborted. */
export async function untilTrusted(trust: StoreTrust, signal: AbortSignal): Promise<void> {
  while (trust.guard() === null) await changeOf(trust, signal);
}

function changeOf(trust: StoreTrust, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const end = (): void => {
      unsubscribe();
      signal.removeEventListener("abort", abort);
    };
    const abort = (): void => {
      end();
      reject(abortReason(signal));
    };
    const unsubscribe = trust.subscribe(() => {
      end();
      resolve();
    });
    signal.addEventListener("abort", abort, { once: true });
  });
}
