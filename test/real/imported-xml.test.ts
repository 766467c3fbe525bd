// Needs: libvirtd, virsh, qemu-system-x86_64
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { domainDrift } from "../../agent/hypervisor/libvirt/xml/domain-drift.ts";
import { domainXml } from "../../agent/hypervisor/libvirt/xml/domain-xml.ts";
import type { DomainSpec } from "../../reconciler/model/step.ts";
import { readXml } from "../../reconciler/xml/read-xml.ts";
import { imported, plannedOf } from "../support/imported-domain.ts";
import { LibvirtCluster } from "../support/libvirt/libvirt-cluster.ts";
import { emulated } from "../support/libvirt/managed-node.ts";
import { repositoryRoot } from "../support/root.ts";

const root = join(repositoryRoot, "test/imported-xml");

/** As this machine can define it: emulated, and without an emulated TPM, whose program is not there. */
function definable(xml: string): string {
  return xml
    .replace(/<domain type='kvm'(?: id='\d+')?/u, "<domain type='qemu'")
    .replace(/<tpm [^]*?<\/tpm>/u, "");
}

describe("a domain that a real libvirt was given", () => {
  let cluster: LibvirtCluster;
  before(async () => {
    cluster = await LibvirtCluster.start(1);
  });
  after(() => cluster.stop());

  /** What libvirt makes of it. */
  const defined = async (xml: string): Promise<string> => {
    const file = join(cluster.folder, "domain.xml");
    await writeFile(file, xml);
    const name = /<name>(?<name>[^<]*)/u.exec(xml)?.groups?.["name"] ?? "";
    await cluster.node(1).virsh("define", file);
    return await cluster.node(1).virsh("dumpxml", name);
  };
  const differing = (xml: string, spec: DomainSpec) => {
    const reading = readXml(xml);
    assert.ok(reading.ok);
    return domainDrift(reading.root, spec, emulated).map(({ path }) => path);
  };

  for (const name of readdirSync(root).filter((file) => file.endsWith(".xml"))) {
    it(`is imported without a difference, and is the same once it was built anew: ${name}`, async () => {
      const first = await defined(definable(readFileSync(join(root, name), "utf8")));
      const { spec } = await plannedOf(imported(first));
      // What the end of a run means is ours to say.
      assert.deepEqual(
        differing(first, spec).filter((path) => !path.startsWith("on_")),
        [],
      );
      assert.deepEqual(differing(await defined(domainXml(spec, 1, emulated)), spec), []);
    });
  }
});
