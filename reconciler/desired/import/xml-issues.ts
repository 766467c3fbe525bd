/** What is wrong with a domain XML that is in no folder yet, with its places in the file it was read from. Pure. */
import type { Schema } from "../../domain-xml/schema/compile-schema.ts";
import { readXml } from "../../xml/read-xml.ts";
import type { Issue } from "../issues/issue.ts";
import { placeIssue, wholeIssue } from "../issues/place-issue.ts";
import { checkDomainXml } from "../resolve/check-domain-xml.ts";
import { TextLines } from "../yaml/text-lines.ts";

/** `schema`: libvirt's; null: not installed, which is an issue; undefined: only the form is checked. */
export function xmlIssues(xml: string, file: string, schema: Schema | null | undefined): readonly Issue[] {
  const lines = new TextLines(xml);
  const reading = readXml(xml);
  if (!reading.ok) {
    const { start, end, message, advice } = reading.problem;
    return [placeIssue({ code: "domain.xml-malformed", message, advice }, { file, lines, start, end })];
  }
  return checkDomainXml(xml, schema).map((finding) => {
    if (finding.inXml === undefined) return wholeIssue(finding, file);
    const [start, end] = finding.inXml;
    return placeIssue(finding, { file, lines, start, end });
  });
}
