/** What `keel init` writes: a cluster that runs with `keel up` as it is, and says in its comments how to go on. */
export interface StarterFile {
  readonly name: string;
  readonly text: string;
}

export function starterCluster(name: string): readonly StarterFile[] {
  return [
    { name: "cluster.yaml", text: clusterFile(name) },
    { name: "nodes.yaml", text: nodesFile },
    { name: "vms.yaml", text: vmsFile },
  ];
}

function clusterFile(name: string): string {
  return `# The cluster as it should be. Edit any of these files, then: keel plan, keel apply.
# The layout has no meaning: one file or many, with folders or without.

kind: Cluster
name: ${name}

# How a node is chosen for a VM that names no selector of its own: most free memory.
# Others: memprov (least promised), vcpus, vms (fewest), load.
selector: mem

# plan: an edit waits for \`keel apply\`. safe: what stops and destroys nothing is applied by itself.
reconcile: { mode: plan }
---
# What most VMs have in common. A VM names its profiles, and overrides what it says itself.
kind: Profile
name: base
memory: 1GiB
disk: 10GiB # one disk "root" in the pool "default"
nics:
  - { name: eth0, network: servers }
---
kind: Network
name: servers
type: bridge
bridge: br0
---
# Shared: every node sees the same files, so VMs can move, and are taken over when a node dies.
kind: StoragePool
name: default
type: dir
path: /srv/vms
shared: true
`;
}

const nodesFile = `# Two nodes. \`keel up\` simulates them on this machine: 16GiB and 8 processors each.
# Try \`state: flushed\` on one of them, and see its VMs leave; \`state: ready\` brings them home.
#
# A real node has a real power device, which is what proves that it is off:
#   bmc: { agent: ipmilan, address: 10.0.9.11, user: fence, password: { file: bmc/hv1 } }

kind: Node
name: hv1
bmc: { agent: simulated }
---
kind: Node
name: hv2
bmc: { agent: simulated }
`;

const vmsFile = `# Three VMs. Removing a document never destroys its VM: that is asked for with \`state: absent\`, and approved by name.

# Two web servers that never share a node: VMs of one group are kept apart.
kind: VM
name: web1
profiles: [base]
apart: [web]
---
kind: VM
name: web2
profiles: [base]
apart: [web]
---
# It lives on hv1 and returns there after a flush or a failure.
kind: VM
name: db1
profiles: [base]
node: hv1
memory: 2GiB
priority: high # chosen, started and recovered before the others
protect: true # refuses destruction until an apply took this line away
`;
