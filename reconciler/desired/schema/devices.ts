import { Type } from "typebox";

import { absolutePath, map, name, resettable, size, toggle } from "./fields.ts";

/** An entry of `disks:`. Entries of the same name merge, so all but the name may come from another layer. */
export const diskSchema = map(
  {
    name: name({ description: "The disk's name inside the VM's document.", examples: ["root"] }),
    volume: resettable(
      Type.String({
        pattern: "^[a-z]([a-z0-9-]{0,61}[a-z0-9])?/[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$",
        description: "pool/volume. Left out: the volume <vm>-<disk> in the pool named default.",
        examples: ["vms/db1-root"],
      }),
    ),
    size: resettable(
      size(
        {
          description:
            "How large the volume is made at the VM's birth. Needed unless the volume exists already.",
          examples: ["40GiB"],
        },
        "1MiB",
      ),
    ),
    file: resettable(
      absolutePath({
        description: "A file or device on the node, in place of a volume.",
        examples: ["/srv/iso/rescue.iso"],
      }),
    ),
    shared: resettable(
      toggle({
        description: "Several VMs use it on purpose; each of them must say so.",
        default: false,
        examples: [true],
      }),
    ),
  },
  {
    description: "A disk: a volume of a pool, or a file.",
    examples: [{ name: "root", volume: "vms/db1-root", size: "40GiB" }],
  },
);

/** An entry of `nics:`. */
export const nicSchema = map(
  {
    name: name({ description: "The card's name inside the VM's document.", examples: ["eth0"] }),
    network: resettable(name({ description: "The Network that it is plugged into.", examples: ["servers"] })),
    mac: resettable(
      Type.String({
        pattern: "^[0-9A-Fa-f][02468ACEace](:[0-9A-Fa-f]{2}){5}$",
        description: "Its address, in quotes. Left out: made once, and kept.",
        examples: ["52:54:00:12:34:56"],
      }),
    ),
  },
  { description: "A network card.", examples: [{ name: "eth0", network: "servers" }] },
);
