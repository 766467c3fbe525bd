/**
 * A map with some entries put over another, which it shares: looking ahead changes a few VMs of very many, over and
 * over, and a copy of ten thousand entries takes milliseconds. A value is never undefined.
 */
export class LayeredMap<K, V extends object> implements ReadonlyMap<K, V> {
  readonly #base: ReadonlyMap<K, V>;
  readonly #top: ReadonlyMap<K, V>;
  readonly size: number;

  private constructor(base: ReadonlyMap<K, V>, top: ReadonlyMap<K, V>) {
    this.#base = base;
    this.#top = top;
    let added = 0;
    for (const key of top.keys()) if (!base.has(key)) added += 1;
    this.size = base.size + added;
  }

  /** `map` with `changed` put into it. What is replaced keeps its turn, what is new comes last. */
  static over<K, V extends object>(map: ReadonlyMap<K, V>, changed: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
    if (!LayeredMap.#isLayered(map)) return new LayeredMap(map, changed);
    return new LayeredMap(map.#base, new Map([...map.#top, ...changed]));
  }

  static #isLayered<K, V extends object>(map: ReadonlyMap<K, V>): map is LayeredMap<K, V> {
    return map instanceof LayeredMap;
  }

  get(key: K): V | undefined {
    return this.#top.get(key) ?? this.#base.get(key);
  }

  has(key: K): boolean {
    return this.#top.has(key) || this.#base.has(key);
  }

  *entries(): MapIterator<[K, V]> {
    for (const [key, value] of this.#base) yield [key, this.#top.get(key) ?? value];
    for (const entry of this.#top) if (!this.#base.has(entry[0])) yield entry;
  }

  *keys(): MapIterator<K> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  forEach(callback: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this);
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }
}
