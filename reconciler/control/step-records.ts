import type { ReleasedStep, StepRecord } from "../model/journal.ts";
import type { NodeName, VmName } from "../model/names.ts";
import type { Progress } from "../model/step.ts";

interface Entry {
  record: StepRecord | null;
  /** The nodes that the step is stored for. */
  readonly nodes: Set<NodeName>;
  readonly progress: Map<NodeName, Progress>;
}

/** Released steps and what their nodes told of them, put together by id. */
export class StepRecords {
  readonly #entries = new Map<string, Entry>();

  putStep(node: NodeName, id: string, record: StepRecord): void {
    const entry = this.#of(id);
    entry.record = record;
    entry.nodes.add(node);
  }

  deleteStep(node: NodeName, id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.nodes.delete(node);
    if (entry.nodes.size === 0) entry.record = null;
    this.#prune(id, entry);
  }

  putProgress(node: NodeName, id: string, progress: Progress): void {
    this.#of(id).progress.set(node, progress);
  }

  deleteProgress(node: NodeName, id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.progress.delete(node);
    this.#prune(id, entry);
  }

  byVm(): Map<VmName, ReleasedStep> {
    const steps = new Map<VmName, ReleasedStep>();
    for (const { record, progress } of this.#entries.values()) {
      if (record !== null) steps.set(record.step.vm, { ...record, progress });
    }
    return steps;
  }

  #of(id: string): Entry {
    const known = this.#entries.get(id);
    if (known !== undefined) return known;
    const fresh: Entry = { record: null, nodes: new Set(), progress: new Map() };
    this.#entries.set(id, fresh);
    return fresh;
  }

  #prune(id: string, entry: Entry): void {
    if (entry.record === null && entry.progress.size === 0) this.#entries.delete(id);
  }
}
