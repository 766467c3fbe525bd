import { kinds, namePattern, objectId, type Kind, type ObjectId } from "../../model/names.ts";
import type { Finding } from "../issues/finding.ts";
import type { Issue } from "../issues/issue.ts";
import { placeIssue } from "../issues/place-issue.ts";
import { didYouMean } from "../issues/suggest.ts";
import { asWritten } from "../reading.ts";
import { explainSchemaErrors } from "../schema/explain.ts";
import { adviceForKey, kindMeant } from "../schema/habits.ts";
import type { Checked } from "../schema/validators.ts";
import type { SourceDocument } from "../source-document.ts";
import { booleanInYaml11 } from "../yaml/ambiguous-scalar.ts";
import { tabs, unfitText } from "../yaml/check-text.ts";
import { locate } from "../yaml/locate.ts";
import { readYaml, type YamlDocument } from "../yaml/read-yaml.ts";
import { TextLines } from "../yaml/text-lines.ts";
import type { YamlProblem } from "../yaml/yaml-problem.ts";

/** What one file says, and what is wrong with it on its own. */
export interface ParsedFile {
  /** Relative to the folder, with `/`. */
  readonly file: string;
  readonly text: string;
  readonly documents: readonly SourceDocument[];
  /** Objects whose document is not legal. */
  readonly broken: readonly ObjectId[];
  /** False where the file may define objects that could not be made out. */
  readonly complete: boolean;
  readonly issues: readonly Issue[];
}

export interface DocumentValidator {
  check(kind: Kind, value: unknown): Checked;
}

const legalName = new RegExp(namePattern);

/** Pure: equal text, equal result. Positions are worked out only where there is something to report. */
export function parseFile(file: string, text: string, validator: DocumentValidator): ParsedFile {
  const unfit = unfitText(text);
  if (unfit.length > 0) return unfitFile(file, text, unfit);
  const outcomes = readYaml(text).map((document) => checkDocument(document, validator));
  const issues: Issue[] = [];
  const tabsFound = tabs(text);
  if (
    tabsFound.length > 0 ||
    outcomes.some((outcome) => outcome.problems.length + outcome.findings.length > 0)
  ) {
    const lines = new TextLines(text);
    for (const problem of tabsFound) issues.push(placeIssue(problem, { file, lines, ...problem }));
    for (const outcome of outcomes) issues.push(...issuesOf(outcome, file, lines, tabsFound));
  }
  return {
    file,
    text,
    documents: outcomes.flatMap(({ yaml, legal }) =>
      legal === undefined ? [] : [{ document: legal, file, line: yaml.line, index: yaml.index }],
    ),
    broken: outcomes.flatMap(({ id, legal }) => (legal === undefined && id !== undefined ? [id] : [])),
    complete: outcomes.every(({ id }) => id !== undefined),
    issues,
  };
}

interface Outcome {
  readonly yaml: YamlDocument;
  readonly problems: readonly YamlProblem[];
  readonly findings: readonly Finding[];
  readonly id: ObjectId | undefined;
  readonly legal: SourceDocument["document"] | undefined;
}

function unfitFile(file: string, text: string, problems: readonly YamlProblem[]): ParsedFile {
  const lines = new TextLines(text);
  const issues = problems.map((problem) => placeIssue(problem, { file, lines, ...problem }));
  return { file, text, documents: [], broken: [], complete: false, issues };
}

function checkDocument(yaml: YamlDocument, validator: DocumentValidator): Outcome {
  const { value, problems } = yaml;
  if (value === undefined) return { yaml, problems, findings: [], id: undefined, legal: undefined };
  if (!isMap(value)) return { yaml, problems, findings: [notAMap()], id: undefined, legal: undefined };
  const kind = kinds.find((known) => known === value["kind"]);
  if (kind === undefined)
    return { yaml, problems, findings: [wrongKind(value)], id: undefined, legal: undefined };
  const name = value["name"];
  const id = typeof name === "string" && legalName.test(name) ? objectId(kind, name) : undefined;
  const checked = validator.check(kind, value);
  if (!checked.ok) {
    const findings = explainSchemaErrors(kind, checked.errors);
    return { yaml, problems, findings, id, legal: undefined };
  }
  return { yaml, problems, findings: [], id, legal: problems.length === 0 ? checked.document : undefined };
}

/** A place that the text itself is at fault for is reported once, with the better advice of the two. */
function issuesOf(
  outcome: Outcome,
  file: string,
  lines: TextLines,
  reported: readonly YamlProblem[],
): readonly Issue[] {
  const { yaml, problems } = outcome;
  const located = outcome.findings.map((finding) => ({ finding, range: locate(yaml.ast, finding) }));
  const fromYaml = problems.flatMap((problem) => {
    if (reported.some((other) => other.code === problem.code)) return [];
    const finding = located.find(({ range }) => range[0] === problem.start)?.finding;
    if (finding?.code === "secret.literal") return [];
    const isTrap = booleanInYaml11(lines.text.slice(problem.start, problem.end)) !== undefined;
    const advice = isTrap && finding !== undefined ? finding.advice : problem.advice;
    return [placeIssue({ ...problem, advice }, { file, lines, start: problem.start, end: problem.end })];
  });
  const fromSchema = located
    .filter(
      ({ finding, range }) =>
        finding.code === "secret.literal" || !problems.some((problem) => problem.start === range[0]),
    )
    .map(({ finding, range: [start, end] }) =>
      placeIssue(finding, { file, lines, start, end, path: finding.path }),
    );
  return [...fromYaml, ...fromSchema];
}

function notAMap(): Finding {
  const advice = "begin with kind: and name:, one field a line";
  return {
    code: "schema.not-a-map",
    path: [],
    at: "value",
    message: "a document is a map of fields",
    advice,
  };
}

function wrongKind(value: Readonly<Record<string, unknown>>): Finding {
  const written = value["kind"];
  const known = `kind is one of ${kinds.join(", ")}`;
  if (written === undefined) {
    const foreign = Object.keys(value).map((key) => adviceForKey([key]));
    const advice = foreign.find((habit) => habit !== undefined) ?? known;
    return { code: "schema.kind", path: [], at: "start", message: "the document has no kind", advice };
  }
  const meant = typeof written === "string" ? (kindMeant(written) ?? didYouMean(written, kinds)) : undefined;
  const advice = meant === undefined ? known : `did you mean ${meant}?`;
  const message = `there is no kind ${asWritten(written)}`;
  return { code: "schema.kind", path: ["kind"], at: "value", message, advice };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
