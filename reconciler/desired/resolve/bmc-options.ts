/** What may be said to a fence agent besides where its device is. Pure. */
import type { Bmc } from "../../model/desired.ts";
import type { FenceAgent, FenceParameter } from "../../model/fence-agent.ts";
import { unreachable } from "../../model/unreachable.ts";
import { didYouMean } from "../issues/suggest.ts";

export interface OptionProblem {
  readonly option: string;
  readonly code: "bmc.option" | "bmc.option-value" | "secret.literal";
  readonly message: string;
  readonly advice: string;
}

const fields: Readonly<Record<string, string>> = {
  ip: "address",
  ipaddr: "address",
  ipport: "port",
  username: "user",
  login: "user",
};

const passwords = ["password", "passwd"];

/** Each with the reason why nobody says it. */
const forbidden: readonly (readonly [RegExp, string])[] = [
  [/^action$|^method$/u, "what is done, and how, is decided at the moment of fencing: off, and read twice"],
  [/^verbose|^debug|^quiet$|^version$|^help$/u, "what an agent writes then may hold the password"],
  [/^delay$|^disable_timeout$/u, "fencing waits by `grace`, and never without a bound"],
  [
    /_path$|_script$|^use_sudo$|^ssh_options$|^identity_file$/u,
    "no file of the desired state has programs run",
  ],
  [
    /^hexadecimal_kg$|^community$|passwd/u,
    "it is a secret, and the agent would show it on a command line that everybody reads",
  ],
  [/^plug_separator$|^port_as_ip$/u, "a node has one device for each entry of `bmc`"],
];

/** `agent`: what it says of itself; null: not known here, so only what is forbidden anyway is told. */
export function bmcOptionProblems(
  options: Bmc["options"],
  agent: FenceAgent | null,
): readonly OptionProblem[] {
  return Object.entries(options).flatMap(
    ([option, value]) => misplaced(option) ?? (agent === null ? null : unknown(option, value, agent)) ?? [],
  );
}

function misplaced(option: string): OptionProblem | null {
  const field = fields[option];
  if (field !== undefined) {
    return {
      option,
      code: "bmc.option",
      message: `${option} has a field of its own`,
      advice: `write ${field}: beside agent:`,
    };
  }
  if (passwords.includes(option)) {
    const advice =
      "put it in a file of the secrets folder (mode 0600), and name that: password: { file: bmc/hv1 }; change it, it was seen here";
    return { option, code: "secret.literal", message: "the password is written into the file", advice };
  }
  const reason = forbidden.find(([pattern]) => pattern.test(option))?.[1];
  if (reason === undefined) return null;
  return {
    option,
    code: "bmc.option",
    message: `${option} may not be set: ${reason}`,
    advice: "leave it out",
  };
}

function unknown(option: string, value: string, agent: FenceAgent): OptionProblem | null {
  const parameter = agent.parameters.get(option);
  if (parameter !== undefined) return illegal(parameter, value);
  const names = [...agent.parameters.keys()].filter((name) => misplaced(name) === null).sort();
  const near = didYouMean(option, names);
  return {
    option,
    code: "bmc.option",
    message: `fence_${agent.name} has no ${option}`,
    advice: near === undefined ? `it has: ${names.join(", ")}` : `did you mean ${near}?`,
  };
}

function illegal({ name, type, choices }: FenceParameter, value: string): OptionProblem | null {
  const problem = (what: string, advice: string): OptionProblem => ({
    option: name,
    code: "bmc.option-value",
    message: `${name} is ${what}, not ${value}`,
    advice,
  });
  switch (type) {
    case "string":
      return null;
    case "integer":
      return /^\d+$/u.test(value) ? null : problem("a whole number", `write ${name}: 3`);
    case "second":
      return /^\d+$/u.test(value) ? null : problem("a number of seconds", `write ${name}: 5, without a unit`);
    case "boolean":
      return /^[01]$/u.test(value) ? null : problem("true or false", `write ${name}: true`);
    case "select":
      return choices.includes(value) ? null : problem(`one of ${choices.join(", ")}`, "write one of them");
    default:
      return unreachable(type);
  }
}
