import { Type, type Static } from "typebox";

import type { DeepReadonly } from "./deep-readonly.ts";
import { nodeDefaults } from "./defaults.ts";
import { choice, integer, list, map, name, optional, text, word, wordPattern } from "./fields.ts";
import { maintenance } from "./maintenance.ts";

/**
 * Power devices that can be asked whether a machine is off: each is a fence agent of the same name (`fence_ipmilan`),
 * besides `simulated`, a simulated node's own device. Nothing that fences by cutting storage or network is in this
 * list: it would prove nothing about the guests. Nor is an agent that shows its password on a command line.
 */
export const bmcAgents = [
  "ipmilan",
  "redfish",
  "idrac",
  "ilo",
  "ilo2",
  "ilo3",
  "ilo4",
  "ilo5",
  "imm",
  "drac5",
  "simulated",
] as const;

const secret = map(
  {
    file: optional(
      Type.String({
        pattern: "^[^/\\u0000-\\u001f][^\\u0000-\\u001f]*$",
        maxLength: 255,
        description: "A file under the secrets folder, mode 0600; never inside cluster.d.",
        examples: ["bmc/hv1"],
      }),
    ),
    credential: optional(
      word({ description: "A credential that systemd hands to the service.", examples: ["bmc-hv1"] }),
    ),
    env: optional(
      Type.String({
        pattern: "^[A-Za-z_][A-Za-z0-9_]{0,127}$",
        description: "A variable of the service's environment.",
        examples: ["BMC_PASSWORD"],
      }),
    ),
  },
  { description: "Where the secret is found; never the secret itself.", examples: [{ file: "bmc/hv1" }] },
  { minProperties: 1, maxProperties: 1 },
);

const device = map(
  {
    agent: choice(bmcAgents, {
      description: "What kind of device it is: the fence agent's name without `fence_`.",
      examples: ["ipmilan", "redfish"],
    }),
    address: optional(
      Type.String({
        pattern: "^[A-Za-z0-9:]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$",
        description: "The device's own address: a host name or an IP address.",
        examples: ["10.0.9.11"],
      }),
    ),
    port: optional(
      integer(
        { minimum: 1, maximum: 65_535 },
        { description: "The device's port. Left out: the usual one of the agent.", examples: [623] },
      ),
    ),
    user: optional(text({ description: "The account that may switch the power.", examples: ["fence"] })),
    password: optional(secret),
    options: optional(
      Type.Record(
        Type.String({ pattern: "^[a-z][a-z0-9_.]{0,62}$" }),
        Type.Unsafe<string | number | boolean>({
          type: ["string", "integer", "boolean"],
          pattern: "^[!-~]{1,255}$",
          minimum: 0,
          description: "Its value, as the agent takes it; without blanks.",
          examples: [3, true, "administrator"],
        }),
        {
          additionalProperties: false,
          description: "Further parameters of the agent; `fence_ipmilan -o metadata` lists them.",
          examples: [{ cipher: 3 }, { systems_uri: "/redfish/v1/Systems/1" }],
        },
      ),
    ),
  },
  {
    description: "One power device.",
    examples: [{ agent: "ipmilan", address: "10.0.9.11", user: "fence", password: { file: "bmc/hv1" } }],
  },
);

/** A hypervisor host. No Node document at all means one node: this host. */
export const nodeSchema = map(
  {
    kind: Type.Literal("Node", { description: "A machine that runs VMs.", examples: ["Node"] }),
    name: name({ description: "The node's name.", examples: ["hv1"] }),
    address: optional(
      Type.String({
        pattern: "^[A-Za-z0-9:]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$",
        description: "Where other nodes reach it, for migrations: a host name or an IP address.",
        examples: ["10.0.0.11"],
      }),
    ),
    labels: optional(
      Type.Record(
        Type.String({ pattern: wordPattern }),
        word({ description: "A label's value.", examples: ["a"] }),
        {
          additionalProperties: false,
          description: "What you want to remember about it.",
          examples: [{ zone: "a", rack: "r3" }],
        },
      ),
    ),
    state: optional(
      choice(["ready", "cordoned", "flushed"], {
        description:
          "ready: takes VMs. cordoned: nothing arrives, what is there stays. flushed: every VM leaves.",
        default: nodeDefaults.state,
        examples: ["flushed"],
      }),
    ),
    maintenance: optional(maintenance("this node is left alone.")),
    bmc: optional(
      Type.Union(
        [
          device,
          list(
            device,
            {
              description: "Several devices, such as one per power supply: all must be off.",
              examples: [[{ agent: "redfish", address: "10.0.9.11" }]],
            },
            { minItems: 1 },
          ),
        ],
        {
          description: "The device, or devices, that can prove this node off. With a list, all must be off.",
          examples: [
            { agent: "ipmilan", address: "10.0.9.11", user: "fence", password: { file: "bmc/hv1" } },
          ],
        },
      ),
    ),
  },
  {
    description: "A machine that runs VMs.",
    examples: [{ kind: "Node", name: "hv1", address: "10.0.0.11" }],
  },
);

export type NodeDocument = DeepReadonly<Static<typeof nodeSchema>>;
