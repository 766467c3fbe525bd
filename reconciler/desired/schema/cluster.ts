import { Type, type Static } from "typebox";

import { selectors } from "../../model/desired.ts";
import { clusterDefaults } from "./defaults.ts";
import { choice, duration, integer, list, map, name, optional, reserve, toggle } from "./fields.ts";
import { maintenance } from "./maintenance.ts";
import type { DeepReadonly } from "./deep-readonly.ts";

const { fencing, reconcile, bounds } = clusterDefaults;
const count = { minimum: 1, maximum: 10_000 };

const returnOfANode = Type.Union(
  [
    Type.Literal("manual", {
      description: "It stays in quarantine until `keel node ready`.",
      examples: ["manual"],
    }),
    map(
      {
        auto: duration({
          description: "How long it must be back before it takes VMs again.",
          examples: ["10m"],
        }),
      },
      {
        description: "It returns by itself, unless it was fenced twice in 24 hours.",
        examples: [{ auto: "10m" }],
      },
    ),
  ],
  {
    description: "How a fenced node comes back into service.",
    default: fencing.return,
    examples: ["manual", { auto: "10m" }],
  },
);

const fencingSchema = map(
  {
    lease: optional(
      duration(
        {
          description:
            "How long a node's sign of life is good for; it is renewed every third of this. Whole seconds.",
          default: fencing.lease,
          examples: ["10s"],
        },
        { min: "1s", wholeSeconds: true },
      ),
    ),
    grace: optional(
      duration(
        {
          description: "How long a node may be silent after its lease ended before it counts as lost.",
          default: fencing.grace,
          examples: ["15s", "1m"],
        },
        { min: "1s" },
      ),
    ),
    methods: optional(
      list(
        choice(["bmc"], { description: "A way to prove that a node is off.", examples: ["bmc"] }),
        {
          description:
            "How to prove that a node is off, in order. Empty: only an administrator's word counts.",
          default: fencing.methods,
          examples: [["bmc"]],
        },
        { uniqueItems: true },
      ),
    ),
    powerOn: optional(
      toggle({
        description: "Power a fenced node on again after its VMs were recovered.",
        default: fencing.powerOn,
        examples: [true],
      }),
    ),
    return: optional(returnOfANode),
  },
  {
    description: "When a silent node counts as lost, and how it is proven off.",
    default: fencing,
    examples: [{ grace: "1m" }],
  },
);

const boundsSchema = map(
  {
    destroy: optional(
      integer(
        { minimum: 0, maximum: 10_000 },
        {
          description: "VMs that one apply may destroy without `--allow-destroy`.",
          default: bounds.destroy,
          examples: [1],
        },
      ),
    ),
    migrations: optional(
      integer(count, {
        description: "Migrations at a time in the whole cluster.",
        default: bounds.migrations,
        examples: [4],
      }),
    ),
    migrationsPerNode: optional(
      integer(count, {
        description: "Migrations at a time to or from one node.",
        default: bounds.migrationsPerNode,
        examples: [2],
      }),
    ),
  },
  {
    description: "How much may happen at once.",
    default: bounds,
    examples: [{ migrations: 2, migrationsPerNode: 1 }],
  },
);

/** The cluster as a whole. At most one document; without it every field has its default. */
export const clusterSchema = map(
  {
    kind: Type.Literal("Cluster", {
      description: "The cluster as a whole; at most one document.",
      examples: ["Cluster"],
    }),
    name: name({ description: "The cluster's name.", default: clusterDefaults.name, examples: ["lab"] }),
    maintenance: optional(maintenance("the whole cluster is left alone.")),
    selector: optional(
      choice(selectors, {
        description: "How a node is chosen for a VM that says no selector of its own.",
        default: clusterDefaults.selector,
        examples: ["memprov"],
      }),
    ),
    fencing: optional(fencingSchema),
    reconcile: optional(
      map(
        {
          mode: optional(
            choice(["plan", "safe"], {
              description:
                "plan: edits wait for `keel apply`. safe: what orphans, stops or destroys nothing is applied by itself.",
              default: reconcile.mode,
              examples: ["safe"],
            }),
          ),
        },
        {
          description: "What happens when these files change.",
          default: reconcile,
          examples: [{ mode: "safe" }],
        },
      ),
    ),
    bounds: optional(boundsSchema),
    reserve: optional(
      map(
        {
          memory: optional(
            reserve({
              description: "Memory that no VM gets: a part of the node's total, or a size.",
              default: clusterDefaults.reserve.memory,
              examples: ["5%", "2GiB"],
            }),
          ),
        },
        {
          description: "What is kept free on every node.",
          default: clusterDefaults.reserve,
          examples: [{ memory: "10%" }],
        },
      ),
    ),
  },
  { description: "The cluster as a whole.", examples: [{ kind: "Cluster", name: "lab" }] },
);

export type ClusterDocument = DeepReadonly<Static<typeof clusterSchema>>;
