import { selectors } from "../../model/desired.ts";
import { vmDefaults } from "./defaults.ts";
import { diskSchema, nicSchema } from "./devices.ts";
import { choice, duration, integer, list, map, name, resettable, size, toggle, word } from "./fields.ts";

const { migration, shutdown, restart } = vmDefaults;

/** What a VM and a Profile may both say. `null` takes back what a profile said. */
export const vmFields = {
  node: resettable(
    name({
      description: "The VM's home. Left out: the selector's choice at its first start, then kept.",
      examples: ["hv1"],
    }),
  ),
  limits: resettable(
    list(
      name({ description: "A node where it may run.", examples: ["hv1"] }),
      {
        description: "Node limits: the only nodes where it may ever run. Left out: anywhere. Never empty.",
        examples: [["hv1", "hv2"]],
      },
      { minItems: 1, uniqueItems: true },
    ),
  ),
  selector: resettable(
    choice(selectors, {
      description:
        "How a node is chosen: mem most free memory, memprov least memory promised, vcpus fewest vCPUs, load lowest load, vms fewest VMs. Left out: the cluster's.",
      examples: ["memprov"],
    }),
  ),
  apart: resettable(
    list(
      name({ description: "A group's name.", examples: ["shop-db"] }),
      {
        description: "Groups: never on one node with another VM of the same group.",
        default: [],
        examples: [["shop-db"]],
      },
      { uniqueItems: true },
    ),
  ),
  autorestart: resettable(
    toggle({
      description:
        "After a flush or a fence that found no other node: start again by itself once a node is usable.",
      default: vmDefaults.autorestart,
      examples: [false],
    }),
  ),
  migration: resettable(
    map(
      {
        method: resettable(
          choice(["auto", "live", "shutdown"], {
            description:
              "auto: live, else shutdown and start. live: only live. shutdown: always shutdown and start.",
            default: migration.method,
            examples: ["live"],
          }),
        ),
        maxDowntime: resettable(
          duration(
            {
              description: "The longest pause at the end of a live migration.",
              default: migration.maxDowntime,
              examples: ["300ms"],
            },
            { min: "1ms" },
          ),
        ),
      },
      {
        description: "How it moves to another node.",
        default: migration,
        examples: [{ method: "shutdown" }],
      },
    ),
  ),
  shutdown: resettable(
    map(
      {
        timeout: resettable(
          duration({
            description: "How long the guest may take to switch itself off.",
            default: shutdown.timeout,
            examples: ["180s", "10m"],
          }),
        ),
        then: resettable(
          choice(["poweroff", "leave"], {
            description:
              "After the timeout. poweroff: cut the power. leave: it stays running, and is shown as drift.",
            default: shutdown.then,
            examples: ["leave"],
          }),
        ),
      },
      { description: "How it is stopped.", default: shutdown, examples: [{ timeout: "10m", then: "leave" }] },
    ),
  ),
  restart: resettable(
    map(
      {
        policy: resettable(
          choice(["on-failure", "never"], {
            description:
              "Whether a crashed guest is started again. A guest that switches itself off did not crash.",
            default: restart.policy,
            examples: ["never"],
          }),
        ),
        max: resettable(
          integer(
            { minimum: 1, maximum: 1000 },
            { description: "Restarts within the window.", default: restart.max, examples: [5] },
          ),
        ),
        window: resettable(
          duration(
            {
              description: "The time in which restarts are counted.",
              default: restart.window,
              examples: ["10m"],
            },
            { min: "1s" },
          ),
        ),
        backoff: resettable(
          duration({
            description: "The wait before each restart.",
            default: restart.backoff,
            examples: ["10s"],
          }),
        ),
      },
      {
        description: "What happens when the guest crashes.",
        default: restart,
        examples: [{ policy: "never" }],
      },
    ),
  ),
  priority: resettable(
    choice(["high", "normal", "low"], {
      description: "The order of choice, start and recovery.",
      default: vmDefaults.priority,
      examples: ["high"],
    }),
  ),
  cpus: resettable(
    integer(
      { minimum: 1, maximum: 4096 },
      { description: "Virtual processors.", default: vmDefaults.cpus, examples: [2] },
    ),
  ),
  memory: resettable(
    size({ description: "Memory. Every VM needs it, here or from a profile.", examples: ["2GiB"] }, "1MiB"),
  ),
  disk: resettable(
    size(
      {
        description: 'One disk named "root" in the pool named "default", of this size.',
        examples: ["20GiB"],
      },
      "1MiB",
    ),
  ),
  disks: resettable(
    list(diskSchema, {
      description: "Disks, merged with a profile's by name.",
      default: [],
      examples: [[{ name: "root", volume: "vms/db1-root", size: "40GiB" }]],
    }),
  ),
  nics: resettable(
    list(nicSchema, {
      description: "Network cards, merged with a profile's by name.",
      default: [],
      examples: [[{ name: "eth0", network: "servers" }]],
    }),
  ),
  tags: resettable(
    list(
      word({ description: "A tag.", examples: ["shop"] }),
      { description: "Words to find it by.", default: [], examples: [["shop"]] },
      { uniqueItems: true },
    ),
  ),
  protect: resettable(
    toggle({
      description: "Refuses destruction until an earlier apply took this away.",
      default: vmDefaults.protect,
      examples: [true],
    }),
  ),
};
