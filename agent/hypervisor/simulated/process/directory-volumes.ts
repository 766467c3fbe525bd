import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Volumes } from "../volumes.ts";

/** Volumes as empty files, so that they outlive their host as disks outlive a power loss, and all hosts share them. */
export class DirectoryVolumes implements Volumes {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  has(pool: string, volume: string): boolean {
    return existsSync(this.#file(pool, volume));
  }

  add(pool: string, volume: string): void {
    mkdirSync(this.#folder(pool), { recursive: true });
    writeFileSync(this.#file(pool, volume), "", { flag: "a" });
  }

  remove(pool: string, volume: string): void {
    rmSync(this.#file(pool, volume), { force: true });
  }

  #folder(pool: string): string {
    return join(this.#directory, encodeURIComponent(pool));
  }

  /** A volume's name may hold slashes, and is never a path here. */
  #file(pool: string, volume: string): string {
    return join(this.#folder(pool), `${encodeURIComponent(volume)}.volume`);
  }
}
