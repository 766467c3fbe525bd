/** The datatypes of XML Schema that libvirt's schemas use, with their limits. */
export interface Datatype {
  readonly name: string;
  readonly accepts: (text: string) => boolean;
}

export type Parameters = readonly (readonly [string, string])[];

const integers: Readonly<Record<string, readonly [bigint, bigint] | null>> = {
  integer: null,
  positiveInteger: [1n, 10n ** 40n],
  short: [-(2n ** 15n), 2n ** 15n - 1n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
  unsignedShort: [0n, 2n ** 16n - 1n],
  unsignedInt: [0n, 2n ** 32n - 1n],
  unsignedLong: [0n, 2n ** 64n - 1n],
};

/** A type that is not known here accepts everything: libvirt itself has the last word. */
export function datatype(name: string, parameters: Parameters): Datatype {
  const checks = [basic(name), ...parameters.map(([key, value]) => limit(name, key, value))];
  return { name, accepts: (text) => checks.every((check) => check(text)) };
}

type Check = (text: string) => boolean;

function basic(name: string): Check {
  const range = integers[name];
  if (range !== undefined) {
    return (text) => {
      const value = integer(text);
      return value !== null && (range === null || (value >= range[0] && value <= range[1]));
    };
  }
  if (name === "NCName") return (text) => /^[\p{L}_][\p{L}\p{N}\p{M}._-]*$/u.test(text.trim());
  if (name === "dateTime")
    return (text) => /^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/.test(text.trim());
  return () => true;
}

function limit(type: string, key: string, value: string): Check {
  const least = integer(value);
  switch (key) {
    case "pattern":
      return matching(type, value);
    case "maxLength":
      return (text) => Array.from(text).length <= Number(value);
    case "minInclusive":
      return (text) => least === null || (integer(text) ?? least - 1n) >= least;
    case "maxInclusive":
      return (text) => least === null || (integer(text) ?? least + 1n) <= least;
    default:
      return () => true;
  }
}

/** XML Schema's expressions match the whole text, and numbers without the space around them. */
function matching(type: string, pattern: string): Check {
  const expression = new RegExp(`^(?:${pattern})$`, "s");
  return (text) => expression.test(type === "string" ? text : text.trim());
}

function integer(text: string): bigint | null {
  const trimmed = text.trim();
  return /^[+-]?\d{1,40}$/.test(trimmed) ? BigInt(trimmed.replace("+", "")) : null;
}

/** A value as it is compared: space at its ends, and how much there is of it elsewhere, does not count. */
export function collapsed(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}
