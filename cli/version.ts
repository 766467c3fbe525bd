import { readFileSync } from "node:fs";
import { join } from "node:path";

/** This program's version. The package's own file stands two folders above the compiled one, wherever that was built. */
export function programVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(join(import.meta.dirname, "..", "..", "package.json"), "utf8"),
  );
  const isManifest = typeof manifest === "object" && manifest !== null && "version" in manifest;
  return isManifest ? String(manifest.version) : "unknown";
}
