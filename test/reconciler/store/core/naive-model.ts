/** What the core must do, written as plainly as can be: every revision is a whole copy of the store. */
export interface NaiveRecord {
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly lease: string;
}

export type NaiveOperation =
  | { readonly put: string; readonly value: string; readonly lease: string }
  | { readonly deleteFrom: string; readonly to: string | null };

export interface NaiveChange {
  readonly key: string;
  readonly revision: number;
  readonly deleted: boolean;
}

type State = ReadonlyMap<string, NaiveRecord>;

export class NaiveModel {
  /** Index 0 is revision 1, the empty store. */
  readonly states: State[] = [new Map()];
  readonly changes: NaiveChange[] = [];
  readonly leases = new Set<string>();

  get revision(): number {
    return this.states.length;
  }

  at(revision: number): State {
    return this.states[revision - 1] ?? new Map<string, NaiveRecord>();
  }

  range(
    start: string,
    end: string | null,
    revision: number,
  ): readonly (NaiveRecord & { readonly key: string })[] {
    return [...this.at(revision)]
      .filter(([key]) => key >= start && (end === null || key < end))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, record]) => ({ key, ...record }));
  }

  write(operations: readonly NaiveOperation[]): void {
    const next = new Map(this.at(this.revision));
    const revision = this.revision + 1;
    const before = this.changes.length;
    for (const operation of operations) {
      if ("put" in operation) {
        const old = next.get(operation.put);
        next.set(operation.put, {
          value: operation.value,
          createRevision: old?.createRevision ?? revision,
          modRevision: revision,
          version: (old?.version ?? 0) + 1,
          lease: operation.lease,
        });
        this.changes.push({ key: operation.put, revision, deleted: false });
      } else {
        this.#delete(
          next,
          revision,
          (key) => key >= operation.deleteFrom && (operation.to === null || key < operation.to),
        );
      }
    }
    if (this.changes.length > before) this.states.push(next);
  }

  revoke(lease: string): void {
    if (!this.leases.delete(lease)) return;
    const next = new Map(this.at(this.revision));
    const before = this.changes.length;
    this.#delete(next, this.revision + 1, (key) => next.get(key)?.lease === lease);
    if (this.changes.length > before) this.states.push(next);
  }

  #delete(state: Map<string, NaiveRecord>, revision: number, chosen: (key: string) => boolean): void {
    for (const key of [...state.keys()].sort().filter(chosen)) {
      state.delete(key);
      this.changes.push({ key, revision, deleted: true });
    }
  }
}
