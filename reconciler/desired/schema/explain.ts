import type { ErrorObject } from "ajv";

import { namePattern, type Kind } from "../../model/names.ts";
import { fieldName, type Finding } from "../issues/finding.ts";
import type { IssueCode } from "../issues/issue-codes.ts";
import { didYouMean } from "../issues/suggest.ts";
import { asWritten } from "../reading.ts";
import { booleanInYaml11 } from "../yaml/ambiguous-scalar.ts";
import { inlineYaml, scalarYaml } from "../yaml/write-yaml.ts";
import { expectation, schemaView, type SchemaView } from "./schema-view.ts";
import { readQuantity } from "./quantities.ts";
import { adviceForKey, adviceForValue } from "./habits.ts";
import { legalName } from "../legal-name.ts";
import { withoutOtherBranches } from "./union-errors.ts";

/** What Ajv found, in words that say what to write instead; one finding for each place. */
export function explainSchemaErrors(kind: Kind, errors: readonly ErrorObject[]): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const error of withoutOtherBranches(errors)) {
    const finding = explain(kind, error);
    // Several fields may be missing in one place.
    const what = finding.code === "schema.missing-key" ? finding.message : "";
    const place = JSON.stringify([finding.path, finding.at, what]);
    if (!findings.has(place)) findings.set(place, finding);
  }
  return [...findings.values()];
}

function explain(kind: Kind, error: ErrorObject): Finding {
  const path = pathOf(error.instancePath);
  const schema = schemaView(error.parentSchema);
  const about = { kind, path, schema, data: error.data };
  switch (error.keyword) {
    case "additionalProperties":
      return unknownKey(about, String(error.params["additionalProperty"]));
    case "required":
      return missingKey(about, String(error.params["missingProperty"]));
    case "minProperties":
    case "maxProperties":
      return wrongKeys(about);
    case "type":
    case "anyOf":
      return isSecret(path) ? literalSecret(about) : wrongType(about);
    case "enum":
    case "const":
      return wrongWord(about);
    case "minimum":
    case "maximum":
      return outOfRange(about);
    case "minItems":
      return emptyList(about);
    case "maxItems":
      return longList(about);
    case "uniqueItems":
      return repeatedEntry(about, Number(error.params["j"]), Number(error.params["i"]));
    default:
      return wrongText(about);
  }
}

interface About {
  readonly kind: Kind;
  readonly path: readonly string[];
  readonly schema: SchemaView;
  readonly data: unknown;
}

function unknownKey({ kind, path, schema }: About, key: string): Finding {
  const full = [...path, key];
  if (schema.patternProperties !== undefined) {
    const advice = `use letters, digits and . _ / -, and begin and end with a letter or digit`;
    return { code: "schema.text", path: full, at: "key", message: `${key} can not be a key here`, advice };
  }
  const known = Object.keys(schema.properties ?? {});
  const near = didYouMean(key, known);
  const of = path.length === 0 ? `a ${kind}` : fieldName(path);
  const exact = near !== undefined && near.toLowerCase() === key.toLowerCase();
  const advice =
    (exact ? undefined : adviceForKey(full)) ??
    (near === undefined ? `${of} has: ${known.join(", ")}` : `did you mean ${near}?`);
  return { code: "schema.unknown-key", path: full, at: "key", message: `${of} has no field ${key}`, advice };
}

function missingKey({ kind, path, schema }: About, key: string): Finding {
  const example = schemaView(schema.properties?.[key]).examples[0];
  const of = path.length === 0 ? `the ${kind}` : fieldName(path);
  const advice = `add ${key}: ${inlineYaml(example)}`;
  return { code: "schema.missing-key", path, at: "start", message: `${of} has no ${key}`, advice };
}

function wrongKeys(about: About): Finding {
  const fields = Object.keys(about.schema.properties ?? {}).join(", ");
  const one = about.schema.maxProperties === 1 ? "exactly one" : "at least one";
  return valueFinding("schema.value", about, `${subject(about)} needs ${one} of ${fields}`, example(about));
}

function wrongType(about: About): Finding {
  const { kind, path, schema, data } = about;
  const habit = adviceForValue(kind, path, data);
  if (schema.reads !== undefined) return wrongQuantity(about, habit);
  const message = `${subject(about)} must be ${expectation(schema)}, not ${described(data)}`;
  return valueFinding("schema.type", about, message, habit ?? typeAdvice(about));
}

/** The nearest thing of the right type to what was written, where there is one. */
function typeAdvice(about: About): string {
  const { schema, data } = about;
  if (data === null) return "write a value, or remove the line";
  if (schema.accepts("boolean") && typeof data === "string") {
    const meant = booleanInYaml11(data) ?? { true: true, false: false }[data.toLowerCase()];
    if (meant !== undefined) return `write ${String(meant)}`;
  }
  if (schema.accepts("integer") && typeof data === "string" && /^[0-9]+$/.test(data))
    return `write ${Number(data)}, without quotes`;
  if (schema.accepts("string") && (typeof data === "number" || typeof data === "boolean")) {
    return schema.words === undefined
      ? `put it in quotes: "${String(data)}"`
      : `write ${expectation(schema)}`;
  }
  if (schema.accepts("array") && typeof data === "string") return `write it as a list: [${scalarYaml(data)}]`;
  return example(about);
}

function wrongQuantity(about: About, habit: string | undefined): Finding {
  const { reads } = about.schema;
  const reading = reads === undefined ? undefined : readQuantity(reads, about.data);
  if (reads === undefined || reading === undefined || reading.ok) return wrongText(about);
  const code = `unit.${reads.as}` as const;
  return valueFinding(code, about, `${subject(about)}: ${reading.problem}`, habit ?? reading.advice);
}

function wrongWord(about: About): Finding {
  const { kind, path, schema, data } = about;
  const words = schema.words ?? [];
  if (data === null) return wrongType(about);
  const near = typeof data === "string" ? didYouMean(data, words) : undefined;
  const advice =
    adviceForValue(kind, path, data) ??
    (near === undefined ? `write ${expectation(schema)}` : `did you mean ${near}?`);
  return valueFinding("schema.value", about, `${subject(about)} can not be ${asWritten(data)}`, advice);
}

function wrongText(about: About): Finding {
  const { path, schema, data } = about;
  if (schema.reads !== undefined && !readQuantity(schema.reads, data).ok)
    return wrongQuantity(about, undefined);
  if (schema.pattern === namePattern && typeof data === "string") {
    const legal = legalName(data);
    const advice = legal === undefined ? "use a-z, 0-9 and dashes; start with a letter" : `write ${legal}`;
    return valueFinding("name.illegal", about, `${asWritten(data)} is not a legal name`, advice);
  }
  if (isSecret(path.slice(0, -1))) {
    const message = `${fieldName(path)} does not have the needed form`;
    const isFile = path.at(-1) === "file";
    const advice = isFile ? "write it relative to the secrets folder: file: bmc/hv1" : example(about);
    return valueFinding(isFile ? "secret.path" : "schema.text", about, message, advice);
  }
  const message = `${subject(about)} can not be ${asWritten(data)}`;
  return valueFinding("schema.text", about, message, example(about));
}

function outOfRange(about: About): Finding {
  const { minimum, maximum } = about.schema;
  const advice = `write a number from ${String(minimum)} to ${String(maximum)}`;
  return valueFinding("schema.range", about, `${subject(about)} is ${asWritten(about.data)}`, advice);
}

function longList(about: About): Finding {
  const advice = `keep at most ${String(about.schema.maxItems)} entries`;
  return valueFinding("schema.list", about, `${subject(about)} is too long`, advice);
}

function emptyList(about: About): Finding {
  if (about.path.join(".") === "limits") {
    const advice = "name the nodes, or remove the line: then it may run anywhere";
    return valueFinding("vm.limits-empty", about, "limits is empty: it could run nowhere", advice);
  }
  return valueFinding("schema.list", about, `${subject(about)} is empty`, example(about));
}

function repeatedEntry(about: About, first: number, again: number): Finding {
  const entry = Array.isArray(about.data) ? described(about.data[again]) : "an entry";
  const path = [...about.path, String(Math.max(first, again))];
  const message = `${subject(about)} has ${entry} twice`;
  return { code: "schema.list", path, at: "value", message, advice: "remove one of the two" };
}

function literalSecret(about: About): Finding {
  const message = "the password is written into the file";
  const advice =
    "put it in a file of the secrets folder (mode 0600), and name that: password: { file: bmc/hv1 }; change it, it was seen here";
  return valueFinding("secret.literal", about, message, advice);
}

function isSecret(path: readonly string[]): boolean {
  return path.at(-1) === "password";
}

function valueFinding(code: IssueCode, about: About, message: string, advice: string): Finding {
  return { code, path: about.path, at: "value", message, advice };
}

function subject({ kind, path }: About): string {
  return path.length === 0 ? `the ${kind}` : fieldName(path);
}

function example({ path, schema }: About): string {
  const key = [...path].reverse().find((part) => !/^[0-9]+$/.test(part));
  const value = schema.examples[0];
  if (value === undefined) return `write ${expectation(schema)}`;
  const isEntry = /^[0-9]+$/.test(path.at(-1) ?? "");
  return key === undefined || isEntry
    ? `write, for example, ${inlineYaml(value)}`
    : `write, for example, ${key}: ${inlineYaml(value)}`;
}

function described(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return typeof value === "string" ? `the text ${asWritten(value)}` : asWritten(value);
}

function pathOf(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}
