/** A domain XML that somebody hands over, before anything is made of it. */
import { xmlIssues } from "../reconciler/desired/import/xml-issues.ts";
import { renderIssues } from "../reconciler/desired/issues/render-issues.ts";
import { installedSchema } from "../reconciler/domain-xml/schema/installed-schema.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import type { Context } from "./context.ts";

/**
 * Tells every fault with its place in `file`; what is only warned of is told with the plan. `what`: what is refused then.
 * @throws KeelError `refused`
 */
export function refuseBadXml(
  { err }: Pick<Context, "err">,
  xml: string,
  { file, what }: { readonly file: string; readonly what: string },
): void {
  const errors = xmlIssues(xml, file, installedSchema()).filter(({ severity }) => severity === "error");
  if (errors.length === 0) return;
  for (const line of renderIssues(errors).trimEnd().split("\n")) err(line);
  throw new KeelError("refused", {
    what,
    why: "it is no domain that libvirt would take",
    advice: "Nothing was stored. Mend what is named above.",
  });
}
