import type { Reading } from "../reading.ts";

/** The value of a text that the schema has let pass. */
export function exact<T>(reading: Reading<T>): T {
  if (!reading.ok) throw new TypeError(`not checked by the schema: ${reading.problem}`);
  return reading.value;
}
