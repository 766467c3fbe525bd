/** A small cluster as an administrator would write it. */
import type { Bench } from "./bench.ts";

export const labYaml = `kind: Cluster
name: lab
---
kind: Node
name: hv1
---
kind: Node
name: hv2
---
kind: Node
name: hv3
---
kind: Network
name: servers
type: bridge
bridge: br0
---
kind: StoragePool
name: default
type: dir
path: /var/lib/keel/shared
shared: true
`;

export const webYaml = `kind: VM
name: web1
node: hv1
memory: 2GiB
disk: 20GiB
nics: [{name: eth0, network: servers}]
tags: [shop]
---
kind: VM
name: web2
node: hv2
memory: 2GiB
disk: 20GiB
nics: [{name: eth0, network: servers}]
tags: [shop]
`;

export const dbYaml = `kind: VM
name: db1
memory: 4GiB
cpus: 2
limits: [hv1, hv3]
disks: [{name: root, size: 40GiB}]
priority: high
`;

/** The small cluster in the folder, not yet applied. */
export async function writeSmallCluster(bench: Bench): Promise<void> {
  await bench.write("lab.yaml", labYaml);
  await bench.write("web.yaml", webYaml);
  await bench.write("db.yaml", dbYaml);
}
