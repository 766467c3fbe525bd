import { Type, type Static } from "typebox";

import type { DeepReadonly } from "./deep-readonly.ts";
import { absolutePath, choice, map, name, optional, toggle } from "./fields.ts";

/** Where volumes are kept. */
export const storagePoolSchema = map(
  {
    kind: Type.Literal("StoragePool", { description: "Where volumes are kept.", examples: ["StoragePool"] }),
    name: name({
      description: "The pool's name, for `volume: pool/volume`. Of an rbd pool: Ceph's name too.",
      examples: ["vms"],
    }),
    type: choice(["dir", "rbd"], {
      description: "dir: files in a folder, local to each node unless shared. rbd: Ceph, always shared.",
      examples: ["rbd"],
    }),
    path: optional(
      absolutePath({
        description: "The folder of a dir pool, the same on every node. Left out: the agent's own place.",
        examples: ["/srv/vms"],
      }),
    ),
    shared: optional(
      toggle({
        description: "The folder holds the same files on every node, such as NFS. An rbd pool always is.",
        default: false,
        examples: [true],
      }),
    ),
  },
  { description: "Where volumes are kept.", examples: [{ kind: "StoragePool", name: "vms", type: "rbd" }] },
);

export type StoragePoolDocument = DeepReadonly<Static<typeof storagePoolSchema>>;
