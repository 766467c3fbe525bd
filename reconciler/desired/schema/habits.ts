import type { Kind } from "../../model/names.ts";

/**
 * What people bring along from Kubernetes, compose files, Proxmox, libvirt and PVC, and what it is called here. Keys
 * are compared without case, dashes and underscores, so that `nodeSelector` and `node_selector` are one entry.
 */

const selectorAdvice =
  "selector names a way to choose (mem, memprov, vcpus, load, vms); to say which nodes, write limits: [hv1, hv2]";
const limitsAdvice = "write the nodes where it may run: limits: [hv1, hv2]";
const flatAdvice = "documents are flat: kind, name and the fields side by side";
const restartAdvice =
  "write restart: { policy: on-failure }, or never; that a VM runs after a boot is state: running";
const stateAdvice = "state: running means after a boot too; autorestart is about flushes and fences";

const keyHabits: Readonly<Record<string, string>> = {
  "apiversion": flatAdvice,
  "metadata": flatAdvice,
  "spec": flatAdvice,
  "<<": "merge keys are not read; put the common fields in a Profile",
  "nodeselector": selectorAdvice,
  "migrationtargetselector": selectorAdvice,
  "affinity": `${limitsAdvice}; to keep VMs apart, apart: [group]`,
  "antiaffinity": "write apart: [group] in each of them",
  "nodelimit": limitsAdvice,
  "nodelimits": limitsAdvice,
  "nodes": limitsAdvice,
  "placement": limitsAdvice,
  "host": "write node: hv1 for its home, or limits: [hv1, hv2]",
  "hostname": "write node: hv1 for its home, or limits: [hv1, hv2]",
  "ram": "write memory: 2GiB",
  "mem": "write memory: 2GiB",
  "maxmem": "write memory: 2GiB",
  "vcpu": "write cpus: 2",
  "vcpus": "write cpus: 2",
  "cores": "write cpus: 2",
  "sockets": "write cpus: 2",
  "resources": "write memory: 2GiB and cpus: 2",
  "requests": "write memory: 2GiB and cpus: 2",
  "autostart": stateAdvice,
  "onboot": stateAdvice,
  "runstrategy": stateAdvice,
  "running": "write state: running",
  "power": "write state: running, or stopped",
  "restartpolicy": restartAdvice,
  "onfailure": restartAdvice,
  "migrationmethod": "write migration: { method: live }",
  "evictionstrategy": "write migration: { method: live }",
  "migrationmaxdowntime": "write migration: { maxDowntime: 300ms }",
  "networks": "write nics: [{ name: eth0, network: servers }]",
  "network": "write nics: [{ name: eth0, network: servers }]",
  "interfaces": "write nics: [{ name: eth0, network: servers }]",
  "net0": "write nics: [{ name: eth0, network: servers }]",
  "volumes": "write disks: [{ name: root, volume: vms/db1-root, size: 40GiB }]",
  "storage": "write disk: 20GiB, or disks: [{ name: root, volume: vms/db1-root, size: 40GiB }]",
  "pool": "write it before the volume's name: volume: pool/volume",
  "image": "a volume is created empty; write disk: 20GiB, and install from there",
  "drain": "write state: flushed",
  "flush": "write state: flushed",
  "unschedulable": "write state: cordoned",
  "cordon": "write state: cordoned",
  "taints": "write state: cordoned",
  "ipmi": "write bmc: { agent: ipmilan, address: 10.0.9.11, user: fence, password: { file: bmc/hv1 } }",
  "stonith": "write bmc: { agent: ipmilan, address: 10.0.9.11, user: fence, password: { file: bmc/hv1 } }",
  "maintenancemode": 'write maintenance: { reason: "why", until: 2026-11-21T06:00:00Z }',
  "description": "write a comment: # …",
  "labels": "VMs have tags: [shop]; labels belong to nodes",
  "dependson": "there are no dependencies; priority: high starts first",
  "count": "write one document for each VM; what they share goes into a Profile",
  "template": "put what VMs share into a Profile, and name it: profiles: [base]",
  "extends": "put what VMs share into a Profile, and name it: profiles: [base]",
};

/** Values of fields, by `Kind.field.field`; tried in order. */
const valueHabits: readonly {
  readonly field: string;
  readonly applies: (value: unknown) => boolean;
  readonly advice: string;
}[] = [
  { field: "VM.selector", applies: isMapLike, advice: selectorAdvice },
  { field: "Cluster.selector", applies: isMapLike, advice: selectorAdvice },
  {
    field: "VM.selector",
    applies: isOneOf("none", "None"),
    advice: "remove the line: the cluster's selector is used",
  },
  {
    field: "VM.limits",
    applies: isMapLike,
    advice: `${limitsAdvice}; memory and cpus are fields of their own`,
  },
  { field: "VM.restart", applies: isText, advice: restartAdvice },
  {
    field: "VM.restart.policy",
    applies: isOneOf("always", "unless-stopped", "Always"),
    advice: "write on-failure; a guest that switches itself off did not crash, and stays off",
  },
  { field: "VM.restart.policy", applies: isOneOf("no", "No", "none"), advice: "write never" },
  {
    field: "VM.state",
    applies: isOneOf("start", "started", "on", "up", "Running", "provision"),
    advice: "write running",
  },
  {
    field: "VM.state",
    applies: isOneOf("shutdown", "stop", "off", "down", "Stopped", "halted"),
    advice: "write stopped (graceful) or poweroff (cut)",
  },
  { field: "VM.state", applies: isOneOf("disable"), advice: "write disabled" },
  {
    field: "VM.state",
    applies: isOneOf("restart", "reboot"),
    advice: "a restart is no state: run `keel vm restart`",
  },
  {
    field: "VM.state",
    applies: isOneOf("migrate", "unmigrate"),
    advice: "write migrate: hv2 to have it run there for now",
  },
  {
    field: "VM.state",
    applies: isOneOf("deleted", "removed", "destroyed", "undefined"),
    advice: "write absent; it is destroyed after `keel approve`",
  },
  {
    field: "Profile.state",
    applies: isOneOf("absent"),
    advice: "write state: absent into the VM that is to go",
  },
  { field: "VM.migration", applies: isText, advice: "write migration: { method: live }" },
  { field: "VM.shutdown", applies: isText, advice: "write shutdown: { timeout: 180s }" },
  { field: "VM.domain", applies: isText, advice: "write domain: { xml: db1.xml }" },
  {
    field: "Node.bmc.agent",
    applies: (value) => isText(value) && String(value).startsWith("fence_"),
    advice: "leave out fence_: ipmilan, redfish",
  },
  {
    field: "Node.state",
    applies: isOneOf("drained", "drain", "flush", "evacuated"),
    advice: "write flushed",
  },
  {
    field: "Node.state",
    applies: isOneOf("active", "online", "up", "unflush", "Ready"),
    advice: "write ready",
  },
  {
    field: "Node.state",
    applies: isOneOf("maintenance", "standby"),
    advice: "write flushed to empty it; maintenance: is a field of its own",
  },
  {
    field: "Cluster.fencing.methods",
    applies: isOneOf("watchdog", "human", "manual"),
    advice: "write bmc, or methods: []; what `keel node confirm-dead` says always counts",
  },
  { field: "Cluster.fencing.methods", applies: isText, advice: "write methods: [bmc]" },
  {
    field: "Cluster.fencing.return",
    applies: isOneOf("auto"),
    advice: "say after how long: return: { auto: 10m }",
  },
  { field: "Cluster.reconcile", applies: isText, advice: "write reconcile: { mode: plan }, or safe" },
  { field: "Cluster.reserve", applies: isText, advice: "write reserve: { memory: 5% }" },
];

const kindHabits: Readonly<Record<string, Kind>> = {
  virtualmachine: "VM",
  domain: "VM",
  instance: "VM",
  guest: "VM",
  machine: "VM",
  pod: "VM",
  deployment: "VM",
  host: "Node",
  hypervisor: "Node",
  server: "Node",
  pool: "StoragePool",
  storage: "StoragePool",
  storageclass: "StoragePool",
  net: "Network",
  bridge: "Network",
  template: "Profile",
  clusterconfig: "Cluster",
};

/** Advice for a key that this kind does not have, where it is a habit from elsewhere. */
export function adviceForKey(path: readonly string[]): string | undefined {
  const key = folded(path.at(-1) ?? "");
  if (path.at(-2) === "limits" || path.at(-2) === "selector") return undefined;
  return Object.hasOwn(keyHabits, key) ? keyHabits[key] : undefined;
}

/** Advice for a value that a field can not have, where it is a habit from elsewhere. */
export function adviceForValue(kind: Kind, path: readonly string[], value: unknown): string | undefined {
  const fields = path.filter((part) => !/^[0-9]+$/.test(part)).join(".");
  const names = kind === "Profile" ? [`Profile.${fields}`, `VM.${fields}`] : [`${kind}.${fields}`];
  return valueHabits.find((habit) => names.includes(habit.field) && habit.applies(value))?.advice;
}

/** The kind that goes by this name elsewhere. */
export function kindMeant(written: string): Kind | undefined {
  const name = folded(written);
  return Object.hasOwn(kindHabits, name) ? kindHabits[name] : undefined;
}

function folded(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, "");
}

function isMapLike(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isOneOf(...words: readonly string[]): (value: unknown) => boolean {
  return (value) => typeof value === "string" && words.includes(value);
}
