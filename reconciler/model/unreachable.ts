/** Ends an exhaustive switch: adding a case to the union breaks the build at each place that needs thought. */
export function unreachable(value: never): never {
  throw new TypeError(`unreachable: ${JSON.stringify(value)}`);
}
