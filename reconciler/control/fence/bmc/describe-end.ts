/** Why a program told nothing, in plain words. Pure. */
import { unreachable } from "../../../model/unreachable.ts";
import type { ProgramEnd } from "./run-program.ts";

export interface Words {
  /** `fence_ipmilan`. */
  readonly program: string;
  /** What brings it: `fence-agents`. */
  readonly debianPackage: string;
  /** `10.0.9.11`. */
  readonly address: string;
  /** Is never shown, whatever the program says. */
  readonly secret: string | null;
}

/** What fence agents of release 4 say, in the order in which it is looked for, and what it means. */
const meanings: readonly (readonly [RegExp, (words: Words) => string])[] = [
  [
    /Ipmitool not found/iu,
    () => "ipmitool is not installed here: apt install ipmitool on every reconciler's machine",
  ],
  [
    /Unable to establish|Unable to obtain correct plug status|unable to connect\/login|401|Unauthorized|KeyError: .?Members/iu,
    ({ address }) =>
      `${address} refused: mostly a wrong user or password, or an account without the right to switch`,
  ],
  [
    /certificate verify failed|self.signed certificate/iu,
    ({ address }) =>
      `the certificate of ${address} is not trusted: install its authority, or set options: {ssl_insecure: true}`,
  ],
  [
    /timed out waiting to power off/iu,
    ({ address }) => `${address} took the command, and the machine did not go off`,
  ],
  [
    /timed out waiting to power on/iu,
    ({ address }) => `${address} took the command, and the machine did not come on`,
  ],
  [
    /Connection refused|No route to host|Network is unreachable|Failed to establish a new connection/iu,
    ({ address }) => `${address} cannot be reached`,
  ],
  [/Name or service not known|Temporary failure in name/iu, ({ address }) => `${address} has no address`],
  [/timed out|Connection lost/iu, ({ address }) => `${address} does not answer`],
];

export function describeEnd(end: ProgramEnd, words: Words): string {
  switch (end.kind) {
    case "missing":
      return `${words.program} is not installed here: apt install ${words.debianPackage} on every reconciler's machine`;
    case "overdue":
      return `${words.program} did not end within ${end.afterMs / 1_000} s, and was ended; ${words.address} may be slow or gone`;
    case "broken":
      return `${words.program} could not be run to its end: ${end.why}`;
    case "exited":
      return describeOutput(end, words);
    default:
      return unreachable(end);
  }
}

function describeOutput(end: ProgramEnd & { kind: "exited" }, words: Words): string {
  const text = `${end.stdout}\n${end.stderr}`;
  for (const [pattern, meaning] of meanings) if (pattern.test(text)) return meaning(words);
  const said = lastLine(`${end.stdout}\n${end.stderr}`, words.secret);
  return said === null
    ? `${words.program} ended with status ${end.code} and said nothing`
    : `${words.program} ended with status ${end.code}: ${said}`;
}

const lineMax = 200;

/** The last line that says something. Advice to use -h is none. */
function lastLine(text: string, secret: string | null): string | null {
  const lines = text
    .split("\n")
    .map((line) => cleaned(line, secret))
    .filter((line) => line !== "" && !line.includes("Please use '-h' for usage"));
  return lines.at(-1)?.slice(0, lineMax) ?? null;
}

/** Without control characters, the time that agents put first, and the secret. */
function cleaned(line: string, secret: string | null): string {
  const shown = secret === null || secret === "" ? line : line.replaceAll(secret, "***");
  return shown
    .replaceAll(/[\u0000-\u001f\u007f-\u009f]+/gu, " ")
    .replace(/^\s*\d{4}-\d\d-\d\d [\d:,]+ (?:ERROR|WARNING): /u, "")
    .trim();
}
