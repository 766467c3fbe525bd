export type CoreErrorCode =
  | "compacted"
  | "future-revision"
  | "empty-key"
  | "key-not-found"
  | "duplicate-key"
  | "lease-not-found"
  | "lease-exists"
  | "lease-ttl";

const texts: Readonly<Record<CoreErrorCode, string>> = {
  "compacted": "the revision asked for is no longer kept",
  "future-revision": "the revision asked for is in the future",
  "empty-key": "a key is empty",
  "key-not-found": "the key whose value or lease was to be kept is absent",
  "duplicate-key": "a key is named twice in one transaction",
  "lease-not-found": "the lease is gone",
  "lease-exists": "the lease id is taken",
  "lease-ttl": "the lease's time to live is not a whole number of milliseconds above 0",
};

/** The core said no, and nothing was changed. Those who wrap it put it in their callers' words. */
export class CoreError extends Error {
  readonly code: CoreErrorCode;
  constructor(code: CoreErrorCode) {
    super(texts[code]);
    this.name = "CoreError";
    this.code = code;
  }
}
