/**
 * How calls of one client reach the core. A link may delay a call, and fail it before or after it was carried out
 * (with a `StoreError`: `unreachable`, `ambiguous`): that is how the simulator cuts a client off. It must settle.
 */
export interface Link {
  call<T>(operation: () => T): Promise<T>;
}

/** Carries calls out at once and never fails. */
export const directLink: Link = {
  call: (operation) =>
    new Promise((resolve) => {
      resolve(operation());
    }),
};
