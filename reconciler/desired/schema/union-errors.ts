import type { ErrorObject } from "ajv";

import { schemaView, typeOf } from "./schema-view.ts";

/**
 * Of a value that may have several forms (`maintenance: false` or a map), Ajv lists what every form finds wrong. The
 * forms differ by JSON type, so the value's own type tells which one was meant: only its errors are kept.
 */
export function withoutOtherBranches(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const unions = errors.filter((error) => error.keyword === "anyOf");
  const dropped = new Set<ErrorObject>();
  const branches: string[] = [];
  for (const union of unions) {
    const forms = schemaView(union.parentSchema).forms ?? [];
    const meant = forms.map((form) => form.accepts(typeOf(union.data)));
    if (meant.includes(true)) dropped.add(union);
    meant.forEach((isMeant, index) => {
      if (!isMeant) branches.push(`${union.schemaPath}/${index}/`);
    });
  }
  return errors.filter(
    (error) => !dropped.has(error) && !branches.some((branch) => error.schemaPath.startsWith(branch)),
  );
}
