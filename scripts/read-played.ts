/** What `play-scenarios.ts` printed of the scenario that found something. */
export interface Complaint {
  readonly scenario: string;
  readonly found: readonly string[];
}

/** null: none did. */
export function readPlayed(output: string): Complaint | null {
  const line = output.split("\n").find((each) => each.startsWith('{"scenario":'));
  if (line === undefined) return null;
  const read: unknown = JSON.parse(line);
  if (typeof read !== "object" || read === null || !("scenario" in read) || !("found" in read)) return null;
  const { scenario, found } = read;
  if (typeof scenario !== "string" || !Array.isArray(found)) return null;
  return { scenario, found: found.map(String) };
}
