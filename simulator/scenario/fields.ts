/**
 * Reads plain values field by field, and collects what is wrong with them, each with its path. A field that is wrong
 * reads as its default, so that one look finds all.
 */
import { didYouMean } from "../../reconciler/desired/issues/suggest.ts";
import { parseDuration } from "../../reconciler/desired/durations.ts";
import type { Reading } from "../../reconciler/desired/reading.ts";
import { parseSize } from "../../reconciler/desired/sizes.ts";

export interface Fault {
  readonly path: readonly string[];
  readonly message: string;
}

export type Fields = Readonly<Record<string, unknown>>;

export class FieldReader {
  readonly faults: Fault[] = [];

  fault(path: readonly string[], message: string): void {
    this.faults.push({ path, message });
  }

  /** A map; empty where it is absent or none. Keys that are not `known` are faults; null: any key. */
  map(value: unknown, path: readonly string[], known: readonly string[] | null): Fields {
    if (value === undefined) return {};
    if (!isFields(value)) {
      this.fault(path, "must be a map");
      return {};
    }
    if (known === null) return value;
    for (const key of Object.keys(value).filter((each) => !known.includes(each))) {
      const near = didYouMean(key, known);
      const advice = near === undefined ? `use ${known.join(", ")}` : `did you mean ${near}?`;
      this.fault([...path, key], `is not known here; ${advice}`);
    }
    return value;
  }

  list(value: unknown, path: readonly string[]): readonly unknown[] {
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    this.fault(path, "must be a list");
    return [];
  }

  word<Word extends string>(
    value: unknown,
    path: readonly string[],
    words: readonly [Word, ...Word[]],
  ): Word {
    const word = words.find((known) => known === value);
    if (word === undefined) this.fault(path, `${shown(value)} is not one of ${words.join(", ")}`);
    return word ?? words[0];
  }

  text(value: unknown, path: readonly string[]): string {
    if (typeof value === "string") return value;
    this.fault(path, `${shown(value)} is not a name`);
    return "";
  }

  number(value: unknown, path: readonly string[], standard: number): number {
    if (value === undefined) return standard;
    if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
    this.fault(path, `${shown(value)} is not a number`);
    return standard;
  }

  durationMs(value: unknown, path: readonly string[], standard: number): number {
    if (value === undefined) return standard;
    // The beginning is a time too, and has no unit to be wrong about.
    return value === 0 ? 0 : this.#read(parseDuration(value), path, standard);
  }

  bytes(value: unknown, path: readonly string[], standard: number): number {
    return value === undefined ? standard : this.#read(parseSize(value), path, standard);
  }

  /** `512MiB/s`, or `512MiB`. */
  bytesPerSecond(value: unknown, path: readonly string[], standard: number): number {
    return this.bytes(typeof value === "string" ? value.replace(/\/s$/, "") : value, path, standard);
  }

  #read(reading: Reading<number>, path: readonly string[], standard: number): number {
    if (reading.ok) return reading.value;
    this.fault(path, `${reading.problem}; ${reading.advice}`);
    return standard;
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
