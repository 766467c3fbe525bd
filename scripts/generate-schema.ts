/** Writes the schemas that others use: of `cluster.d` for editors, of the API for clients. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { openApiFile } from "../reconciler/api/published.ts";
import { publishedSchemaText } from "../reconciler/desired/schema/published.ts";

const folder = join(import.meta.dirname, "../docs/schema");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "cluster.schema.json"), publishedSchemaText());
writeFileSync(join(folder, "openapi.json"), openApiFile());
