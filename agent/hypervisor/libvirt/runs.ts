import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NodeName, VmName } from "../../../reconciler/model/names.ts";
import { type DomainEnd, HypervisorError } from "../hypervisor.ts";
import { messageOf } from "../../../reconciler/model/thrown.ts";

/** One run of a domain of ours, as it was last seen. */
export interface Run {
  readonly id: string;
  readonly vm: VmName;
  readonly epoch: number;
  readonly domainName: string;
  readonly uuid: string;
  readonly since: number;
  /** A copy that was never resumed: its end is no end of a run. */
  readonly incoming: boolean;
  /** Where it was last sent to. */
  readonly to: NodeName | null;
}

interface Content {
  readonly version: 1;
  readonly runs: readonly Run[];
  readonly ended: readonly DomainEnd[];
}

/** Ends that are remembered; the oldest go first. One for each VM is all that anybody asks for. */
const endLimit = 1_000;

/**
 * Which runs there were at the last reading, and how those since ended. On disk too: what ends while no agent is there
 * is noticed by the next one.
 */
export class Runs {
  readonly #path: string;
  #runs = new Map<string, Run>();
  #ended: readonly DomainEnd[] = [];
  #written = "";
  #saving: Promise<void> = Promise.resolve();

  private constructor(path: string) {
    this.#path = path;
  }

  static async load(folder: string): Promise<Runs> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const runs = new Runs(join(folder, "runs.json"));
    const content = parse(await readFile(runs.#path, "utf8").catch(() => ""));
    runs.#runs = new Map(content.runs.map((run) => [run.id, run]));
    runs.#ended = content.ended;
    return runs;
  }

  get ended(): readonly DomainEnd[] {
    return this.#ended;
  }

  find(id: string): Run | undefined {
    return this.#runs.get(id);
  }

  ofDomain(uuid: string): readonly Run[] {
    return [...this.#runs.values()].filter((run) => run.uuid === uuid);
  }

  /** All that are not known to have ended. */
  get all(): readonly Run[] {
    return [...this.#runs.values()];
  }

  see(run: Run): void {
    this.#runs.set(run.id, run);
  }

  /** A new end of a VM takes the place of its last one. */
  end(run: Run, cause: DomainEnd["cause"], at: number): void {
    this.#runs.delete(run.id);
    if (run.incoming) return;
    const { vm, epoch, id } = run;
    const others = this.#ended.filter((end) => end.vm !== vm);
    this.#ended = [...others, { vm, epoch, id, cause, at }].slice(-endLimit);
  }

  forget(vm: VmName): void {
    this.#ended = this.#ended.filter((end) => end.vm !== vm);
  }

  /** One writing at a time; each writes what is known when its turn comes. @throws HypervisorError `refused` */
  save(): Promise<void> {
    this.#saving = this.#saving.catch(() => undefined).then(() => this.#write());
    return this.#saving;
  }

  async #write(): Promise<void> {
    const content: Content = { version: 1, runs: [...this.#runs.values()], ended: this.#ended };
    const text = JSON.stringify(content);
    if (text === this.#written) return;
    try {
      await writeFile(`${this.#path}.new`, text, { mode: 0o600 });
      await rename(`${this.#path}.new`, this.#path);
    } catch (cause) {
      const why = messageOf(cause);
      throw new HypervisorError("refused", `what runs here cannot be written down: ${why}`, { cause });
    }
    this.#written = text;
  }
}

function parse(text: string): Content {
  const empty: Content = { version: 1, runs: [], ended: [] };
  try {
    const value: unknown = JSON.parse(text);
    return isContent(value) ? value : empty;
  } catch {
    return empty;
  }
}

/** Written by ourselves, on a file system that is empty after a boot: another version is all that can be wrong. */
function isContent(value: unknown): value is Content {
  if (typeof value !== "object" || value === null || !("version" in value) || value.version !== 1)
    return false;
  return "runs" in value && Array.isArray(value.runs) && "ended" in value && Array.isArray(value.ended);
}
