import type { Store } from "../../reconciler/store/store.ts";

/** What leases the store is asked for from now on, in milliseconds. */
export function grantedLeases(store: Store): readonly number[] {
  const granted: number[] = [];
  const grant = store.grant.bind(store);
  store.grant = (ttlMs) => {
    granted.push(ttlMs);
    return grant(ttlMs);
  };
  return granted;
}
