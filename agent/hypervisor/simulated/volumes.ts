/** Which volumes exist. Their content is no matter here; that one is made once and never anew is. */
export interface Volumes {
  has(pool: string, volume: string): boolean;
  add(pool: string, volume: string): void;
  remove(pool: string, volume: string): void;
}

export class MemoryVolumes implements Volumes {
  readonly #names = new Set<string>();

  has(pool: string, volume: string): boolean {
    return this.#names.has(nameOf(pool, volume));
  }

  add(pool: string, volume: string): void {
    this.#names.add(nameOf(pool, volume));
  }

  /** `pool/name` of each. */
  names(): readonly string[] {
    return [...this.#names];
  }

  remove(pool: string, volume: string): void {
    this.#names.delete(nameOf(pool, volume));
  }
}

function nameOf(pool: string, volume: string): string {
  return `${pool}/${volume}`;
}
