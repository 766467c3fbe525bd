import { FolderReader } from "./load/folder-reader.ts";
import type { LoadResult } from "./load-result.ts";
import type { ResolveOptions } from "./resolve/resolve-options.ts";

/** Reads a folder once, from scratch. Whoever reads it again and again keeps a `FolderReader`. */
export function loadFolder(
  folder: string,
  options: Omit<ResolveOptions, "folder">,
  signal?: AbortSignal,
): Promise<LoadResult> {
  // Without a clock nothing that was read counts as settled, and there is no second time that could gain from it.
  const reader = new FolderReader({ ...options, folder, clock: { now: () => 0 } });
  return reader.read(signal);
}
