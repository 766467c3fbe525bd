/**
 * Remembers the last call: the same arguments (by identity) give the same result again. That is all the caching a
 * screen needs, since it is drawn from one report at a time.
 */
export function lastCall<Arguments extends readonly unknown[], Result>(
  compute: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  let last: { readonly given: Arguments; readonly result: Result } | null = null;
  return (...given) => {
    if (last !== null && sameItems(last.given, given)) return last.result;
    const result = compute(...given);
    last = { given, result };
    return result;
  };
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => Object.is(item, b[index]));
}
