/** How a running `keel up` is shown to the one who started it. */
export interface UpView {
  /** When, of what, what: something that happened to a part. */
  readonly say: (at: number, what: string, text: string) => void;
  /** Shows the cluster until the user leaves, or `signal` is aborted. */
  readonly watch: (signal: AbortSignal) => Promise<void>;
  /** The last word, when all has ended. */
  readonly end: () => void;
}
