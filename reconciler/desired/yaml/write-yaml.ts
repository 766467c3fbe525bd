import { isAmbiguousScalar } from "./ambiguous-scalar.ts";

const lineWidth = 100;

/** Reads as something other than text in the core schema of YAML 1.2. */
const otherThanText =
  /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const plainText = /^[A-Za-z0-9/](?:[A-Za-z0-9 ._/%+-]*[A-Za-z0-9._/%+-])?$/;
const time = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9]{2}:[0-9]{2})$/;

/** A value on one line, so that it can stand in any place: inside flow maps, after a key, after a dash. */
export function inlineYaml(value: unknown): string {
  if (typeof value === "string") return scalarYaml(value);
  if (Array.isArray(value)) return `[${value.map(inlineYaml).join(", ")}]`;
  if (isMap(value)) {
    const fields = Object.entries(value).map(([key, field]) => `${scalarYaml(key)}: ${inlineYaml(field)}`);
    return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
  }
  return JSON.stringify(value) ?? "null";
}

/** `key: value` as a field of a block map: on one line where that is readable, else with one line an entry. */
export function fieldYaml(key: string, value: unknown, indent: number, eol: string): string {
  const prefix = `${scalarYaml(key)}:`;
  const inline = `${prefix} ${inlineYaml(value)}`;
  const entries = Array.isArray(value) ? value.map((item) => `- ${inlineYaml(item)}`) : mapEntries(value);
  const isShort = indent + inline.length <= lineWidth && !hasNestedMaps(value);
  if (isShort || entries.length === 0) return inline;
  return [prefix, ...entries.map((entry) => `${" ".repeat(indent + 2)}${entry}`)].join(eol);
}

/** A whole document, one field a line. */
export function documentYaml(document: Readonly<Record<string, unknown>>, eol: string): string {
  const fields = Object.entries(document).map(([key, value]) => fieldYaml(key, value, 0, eol));
  return fields.map((field) => field + eol).join("");
}

/** Text without quotes where every reader takes it for text, else in double quotes, JSON's way. */
export function scalarYaml(text: string): string {
  const isPlain = plainText.test(text) && !otherThanText.test(text) && !isAmbiguousScalar(text);
  return isPlain || time.test(text) ? text : JSON.stringify(text);
}

function mapEntries(value: unknown): string[] {
  if (!isMap(value)) return [];
  return Object.entries(value).map(([key, field]) => `${scalarYaml(key)}: ${inlineYaml(field)}`);
}

function hasNestedMaps(value: unknown): boolean {
  return Array.isArray(value) && value.some(isMap);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
