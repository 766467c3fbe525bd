import { Type, type Static } from "typebox";

import type { DeepReadonly } from "./deep-readonly.ts";
import { choice, integer, map, name, optional } from "./fields.ts";

/** A network that VMs are plugged into. */
export const networkSchema = map(
  {
    kind: Type.Literal("Network", {
      description: "A network that VMs are plugged into.",
      examples: ["Network"],
    }),
    name: name({ description: "The network's name, for `nics:`.", examples: ["servers"] }),
    type: choice(["bridge", "vlan", "vxlan", "nat", "isolated"], {
      description:
        "bridge: a bridge of the node. vlan: a VLAN on it. What has no driver yet is shown as blocked: unsupported.",
      examples: ["bridge"],
    }),
    bridge: optional(
      Type.String({
        pattern: "^[A-Za-z][A-Za-z0-9._-]{0,14}$",
        description: "The bridge's name on every node.",
        examples: ["br0"],
      }),
    ),
    vlan: optional(
      integer({ minimum: 1, maximum: 4094 }, { description: "The VLAN's number.", examples: [120] }),
    ),
  },
  {
    description: "A network that VMs are plugged into.",
    examples: [{ kind: "Network", name: "servers", type: "bridge", bridge: "br0" }],
  },
);

export type NetworkDocument = DeepReadonly<Static<typeof networkSchema>>;
