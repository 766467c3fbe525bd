/** What a unit parser returns: the value, or what is wrong and what to write instead. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string; readonly advice: string };

export function unreadable(problem: string, advice: string): Reading<never> {
  return { ok: false, problem, advice };
}

/** A value as an administrator would recognise it in a message. */
export function asWritten(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : (JSON.stringify(value) ?? "nothing");
}
