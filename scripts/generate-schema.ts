/** Writes the JSON Schema of `cluster.d` for editors: `node scripts/generate-schema.ts`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { publishedSchemaText } from "../reconciler/desired/schema/published.ts";

const target = join(import.meta.dirname, "../docs/schema/cluster.schema.json");
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, publishedSchemaText());
