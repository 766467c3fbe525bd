import { Type, type Static } from "typebox";

import type { DeepReadonly } from "./deep-readonly.ts";
import { vmDefaults } from "./defaults.ts";
import { choice, list, map, name, optional, resettable, text } from "./fields.ts";
import { vmFields } from "./vm-fields.ts";

/** The longest domain XML that is taken; libvirt's own limit for one string is larger, real ones are a few KiB. */
export const domainXmlMaxLength = 262_144;

const profiles = resettable(
  list(name({ description: "A Profile's name.", examples: ["base"] }), {
    description: "Profiles, left to right; a later one wins, and this document wins over all of them.",
    default: [],
    examples: [["base"]],
  }),
);

const domain = map(
  {
    xml: optional(
      Type.String({
        minLength: 1,
        maxLength: domainXmlMaxLength,
        description: "A file with a whole libvirt domain XML, relative to this document; or the XML itself.",
        examples: ["db1.xml"],
      }),
    ),
    name: optional(
      text({ description: "libvirt's name of the domain, where it differs.", examples: ["Win10_Prod"] }),
    ),
  },
  {
    description: "The escape hatch to what libvirt can do and these fields cannot.",
    examples: [{ xml: "db1.xml" }],
  },
  { minProperties: 1 },
);

/** A virtual machine. */
export const vmSchema = map(
  {
    kind: Type.Literal("VM", { description: "A virtual machine.", examples: ["VM"] }),
    name: name({ description: "The VM's name.", examples: ["web1"] }),
    renamedFrom: optional(
      name({
        description:
          "Its earlier name: it keeps its UUID, addresses, volumes and place. Leave the line: disks without a volume of their own are named after it.",
        examples: ["old-db"],
      }),
    ),
    profiles,
    ...vmFields,
    state: resettable(
      choice(["running", "stopped", "poweroff", "disabled", "absent"], {
        description:
          "stopped: shut down gracefully, then cut. poweroff: cut now. disabled: as stopped, and nothing starts it. absent: destroy it, after an approval.",
        default: vmDefaults.state,
        examples: ["stopped"],
      }),
    ),
    migrate: optional(
      name({
        description: "The node where it runs for now; its home stays. Remove the line, and it goes home.",
        examples: ["hv2"],
      }),
    ),
    domain: optional(domain),
  },
  {
    description: "A virtual machine.",
    examples: [{ kind: "VM", name: "web1", memory: "2GiB", disk: "20GiB" }],
  },
);

/** Fields that VMs have in common. Every field of a VM, but those that belong to one VM alone. */
export const profileSchema = map(
  {
    kind: Type.Literal("Profile", { description: "Fields that VMs have in common.", examples: ["Profile"] }),
    name: name({ description: "The profile's name, for `profiles:`.", examples: ["base"] }),
    profiles,
    ...vmFields,
    state: resettable(
      choice(["running", "stopped", "poweroff", "disabled"], {
        description: "As of a VM. Destruction (absent) is asked for one VM at a time.",
        default: vmDefaults.state,
        examples: ["stopped"],
      }),
    ),
  },
  { description: "Fields that VMs have in common.", examples: [{ kind: "Profile", name: "base", cpus: 2 }] },
);

export type VmDocument = DeepReadonly<Static<typeof vmSchema>>;
export type ProfileDocument = DeepReadonly<Static<typeof profileSchema>>;
