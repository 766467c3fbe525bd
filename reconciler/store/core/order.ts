/** -1, 0 or 1, as `a` comes before, with or after `b`. */
export function byOrder<T extends string | number | bigint>(a: T, b: T): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}
