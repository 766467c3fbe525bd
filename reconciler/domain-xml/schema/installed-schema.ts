import { readFileSync } from "node:fs";
import { join } from "node:path";

import { compileSchema, type Schema } from "./compile-schema.ts";

/** Where libvirt's packages put its schemas. */
const folders = ["/usr/share/libvirt/schemas", "/usr/local/share/libvirt/schemas"];

let installed: Schema | null | undefined = undefined;

/** libvirt's own schema of domains, where it is installed; else null. Read once: it takes a moment. */
export function installedSchema(): Schema | null {
  if (installed === undefined) installed = findSchema(folders);
  return installed;
}

export function findSchema(places: readonly string[]): Schema | null {
  for (const folder of places) {
    const schema = compileSchema("domain.rng", (href) => read(join(folder, href)));
    if (schema !== null) return schema;
  }
  return null;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
