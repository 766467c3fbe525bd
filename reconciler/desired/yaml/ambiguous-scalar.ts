/** What YAML 1.1 reads as booleans, and YAML 1.2 as text. */
const booleans: ReadonlyMap<string, boolean> = new Map(
  (
    [
      ["yes", true],
      ["y", true],
      ["on", true],
      ["no", false],
      ["n", false],
      ["off", false],
    ] as const
  ).flatMap(([word, meaning]) =>
    [word, word.charAt(0).toUpperCase() + word.slice(1), word.toUpperCase()].map(
      (form) => [form, meaning] as const,
    ),
  ),
);

const octal = /^[-+]?0[0-7]+$|^[-+]?0o[0-7]+$/;
const leadingZero = /^[-+]?0[0-9_]+$/;
const sexagesimal = /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/;
const underscored =
  /^(?=.*_)[-+]?(?:[0-9][0-9_]*|(?:[0-9][0-9_]*)?\.[0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?[eE][-+]?[0-9]+|0x[0-9a-fA-F_]*)$/;
const binary = /^[-+]?0b[01_]+$/;
const pointlessExponent = /^[-+]?[0-9]+[eE][-+]?[0-9]+$/;

/** The boolean that YAML 1.1 reads in a word that is text in YAML 1.2, or undefined. */
export function booleanInYaml11(source: string): boolean | undefined {
  return source.length <= 3 ? booleans.get(source) : undefined;
}

/**
 * Whether an unquoted scalar means one thing in YAML 1.1 and another in 1.2. Times are no such case: the fields that
 * hold them read either as the same instant.
 */
export function isAmbiguousScalar(source: string): boolean {
  const first = source.charCodeAt(0);
  if (!mayBeginNumber(first)) return booleanInYaml11(source) !== undefined;
  return [octal, leadingZero, sexagesimal, underscored, binary, pointlessExponent].some((form) =>
    form.test(source),
  );
}

/** A digit, a sign or a point. */
function mayBeginNumber(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 43 || code === 45 || code === 46;
}
