/** A cluster in which everything happens at once: the subject of the golden frames. */
import type { ClusterReport } from "../../reconciler/model/report.ts";
import {
  changeReport,
  clusterReport,
  eventReport,
  GiB,
  nodeReport,
  now,
  planReport,
  reasonReport,
  sourceReport,
  stepReport,
  vmReport,
} from "./fixture.ts";

const nodes = [
  nodeReport("hv1", { vms: ["cache1", "web1", "web2"], memoryGuestBytes: 31 * GiB, vcpus: 9, load: 1.2 }),
  nodeReport("hv2", {
    state: "flushing",
    reason: reasonReport("node-flushing", "flushed is wanted; still there: db1"),
    vms: ["db1"],
    memoryGuestBytes: 8 * GiB,
    vcpus: 4,
    load: 3.7,
  }),
  nodeReport("hv3", { vms: ["shop-api", "web3"], memoryGuestBytes: 61 * GiB, vcpus: 20, load: 7.9 }),
  nodeReport("hv4", {
    state: "agent-down",
    reason: reasonReport("agent-down", "the agent on hv4 is down; what runs there is as last seen"),
    vms: ["queue1"],
    memoryGuestBytes: 4 * GiB,
    vcpus: 2,
    stale: true,
  }),
];

const vms = [
  vmReport("batch1", {
    state: "crash-loop",
    reason: reasonReport(
      "crash-loop",
      "it crashed 5 times in 10m",
      "Look at its console, then `keel vm retry batch1` or edit the VM.",
    ),
  }),
  vmReport("cache1", { memoryBytes: 16 * GiB, cpus: 4, tags: ["shop"] }),
  vmReport("db1", { node: "hv2", state: "migrating", memoryBytes: 8 * GiB, cpus: 4, step: stepReport() }),
  vmReport("gpu1", {
    node: null,
    home: "hv2",
    state: "held",
    held: { by: "flush", node: "hv2", since: now - 240_000 },
    reason: reasonReport(
      "held",
      "held since hv2 could not keep it (flush)",
      "It starts once a node can take it; without `autorestart`, once `keel vm release gpu1` was said.",
    ),
    limits: ["hv2"],
    autorestart: false,
  }),
  vmReport("legacy", {
    state: "orphaned",
    reason: reasonReport("orphaned", "no document names it any more; it is left as it is"),
  }),
  vmReport("old-wiki", {
    state: "stopped",
    reason: reasonReport("approval-needed", "destroying it needs an approval that names it"),
  }),
  vmReport("queue1", { node: "hv4", stale: true }),
  vmReport("shop-api", {
    node: "hv3",
    networks: [
      { name: "servers", defined: true },
      { name: "dmz", defined: false },
    ],
  }),
  vmReport("web1", { tags: ["shop"] }),
  vmReport("web2", {
    home: "hv2",
    displaced: "flush",
    reason: reasonReport("displaced", "it runs on hv1, away from home hv2 (flush)"),
  }),
  vmReport("web3", {
    node: "hv3",
    state: "starting",
    step: stepReport({
      kind: "start",
      text: "start web3 on hv3",
      percent: null,
      detail: null,
      since: now - 3000,
    }),
  }),
  vmReport("web4", {
    state: "disabled",
    reason: reasonReport("stopped-as-wanted", "`state: disabled`, and it is off"),
  }),
];

const pending = planReport(
  [
    changeReport("VM/cache1", {
      impact: "restart",
      fields: [
        { path: "memory", old: "16GiB", new: "24GiB", effect: "next-restart" },
        { path: "tags", old: "[shop]", new: "[shop, fast]", effect: "none" },
      ],
      source: { file: "shop.yaml", line: 12 },
    }),
    changeReport("VM/mail1", {
      word: "create",
      target: "hv3",
      reason: reasonReport("chosen-by-selector", "wanted running; selector mem chose hv3 (38 GiB)"),
      steps: [
        {
          id: "mail1-1",
          kind: "start",
          text: "start mail1 on hv3",
          node: "hv3",
          to: null,
          reason: reasonReport("first-start", "wanted running; hv3 is its home"),
          after: [],
          waits: reasonReport("waiting-for-room", "waits until db1 has left hv2"),
        },
      ],
      fields: [{ path: "memory", old: null, new: "4GiB", effect: "none" }],
      source: { file: "mail.yaml", line: 1 },
    }),
    changeReport("VM/web1", {
      word: "migrate",
      impact: "migrate",
      target: "hv2",
      fields: [{ path: "node", old: "hv1", new: "hv2", effect: "migrate" }],
      reason: reasonReport("asked-by-node", "`node: hv2` asks for it"),
      source: { file: "vms.yaml", line: 41 },
    }),
  ],
  { warnings: ["Cluster/lab: maintenance has no end"] },
);

export const busyCluster: ClusterReport = clusterReport({
  nodes,
  vms,
  maintenance: { on: true, reason: "switch swap", until: now + 5400_000, doubt: false, ending: false },
  frozen: null,
  source: sourceReport(pending),
  blocked: [
    {
      object: "VM/old-wiki",
      reason: reasonReport(
        "approval-needed",
        "destroying it needs an approval that names it",
        "`keel approve vm/old-wiki --destroy`, with `--disks` to destroy its disks too.",
      ),
      source: { file: "wiki.yaml", line: 1 },
    },
    {
      object: "VM/gpu1",
      reason: reasonReport(
        "no-target",
        "no node can take it: hv2 is flushed",
        "Widen its limits, or make room.",
      ),
      source: null,
    },
  ],
  drift: [
    {
      kind: "drift",
      object: "VM/web2",
      node: "hv1",
      field: "memory",
      place: "memory",
      wanted: "2GiB",
      live: "3GiB",
      effect: "live",
      since: now - 95_000,
      noticed: "event",
      text: "memory is 3GiB, not 2GiB",
    },
    {
      kind: "orphaned",
      object: "VM/legacy",
      node: "hv1",
      field: null,
      place: null,
      wanted: null,
      live: null,
      effect: null,
      since: null,
      noticed: null,
      text: "running on hv1, in no document",
    },
    {
      kind: "unmanaged",
      object: "scratch",
      node: "hv3",
      field: null,
      place: null,
      wanted: null,
      live: null,
      effect: null,
      since: null,
      noticed: null,
      text: "a domain that no document ever named",
    },
  ],
  events: [
    eventReport("VM/db1", {
      at: now - 14_000,
      code: "migrating",
      text: "migrates from hv2 to hv3: hv2 is being flushed",
    }),
    eventReport("Node/hv4", {
      at: now - 95_000,
      level: "warning",
      code: "agent-down",
      text: "the agent on hv4 stopped reporting; its guests are as last seen",
    }),
    eventReport("VM/batch1", {
      at: now - 610_000,
      level: "alarm",
      code: "crash-loop",
      text: "crashed 5 times in 10m; it stays off until somebody looks",
    }),
    eventReport("Node/hv2", {
      at: now - 700_000,
      code: "flushing",
      text: "`state: flushed`: every VM leaves",
    }),
  ],
});
