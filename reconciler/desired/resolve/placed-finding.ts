import type { Finding } from "../issues/finding.ts";
import type { SourceDocument } from "../source-document.ts";

/** A problem, and the document that must change. */
export interface PlacedFinding {
  readonly source: SourceDocument;
  readonly finding: Finding;
}
