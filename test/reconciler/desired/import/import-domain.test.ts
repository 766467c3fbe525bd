import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { domainDrift } from "../../../../agent/hypervisor/libvirt/xml/domain-drift.ts";
import { domainXml } from "../../../../agent/hypervisor/libvirt/xml/domain-xml.ts";
import { liveHardware, readDomainXml } from "../../../../agent/hypervisor/libvirt/xml/read-domain-xml.ts";
import { importDomain } from "../../../../reconciler/desired/import/import-domain.ts";
import { differences } from "../../../../reconciler/plan/hardware.ts";
import type { DomainSpec } from "../../../../reconciler/model/step.ts";
import { readXml } from "../../../../reconciler/xml/read-xml.ts";
import { elementsOf, textOf, type XmlElement } from "../../../../reconciler/xml/xml-element.ts";
import { options } from "../../../agent/hypervisor/libvirt/xml/specs.ts";
import { imported, plannedOf } from "../../../support/imported-domain.ts";
import { repositoryRoot } from "../../../support/root.ts";

const root = join(repositoryRoot, "test/imported-xml");
const names = readdirSync(root).filter((name) => name.endsWith(".xml"));

function parsed(xml: string): XmlElement {
  const reading = readXml(xml);
  assert.ok(reading.ok);
  return reading.root;
}

/** Every element and attribute below, as sorted lines: order between elements of different names means nothing. */
function said(of: XmlElement, path = ""): readonly string[] {
  const at = `${path}/${of.name}`;
  const own = [...of.attributes].map(([key, value]) => `${at}@${key}=${value}`);
  const text = elementsOf(of).length === 0 ? [`${at}=${textOf(of).trim()}`] : [];
  return [...own, ...text, ...elementsOf(of).flatMap((one) => said(one, at))].sort();
}

/** What Evenkeel adds to each domain, or writes in its own way. */
const ours =
  /^\/domain\/(?:metadata\/keel:|on_|memory|currentMemory|vcpu)|^\/domain@id=|^\/domain\/metadata=/;

describe("importDomain", () => {
  for (const name of names) {
    const xml = readFileSync(join(root, name), "utf8");

    it(`makes documents of ${name} that change nothing of it`, async () => {
      const { vm, identity, spec } = await plannedOf(imported(xml));
      const live = liveHardware(parsed(xml), spec, options);
      assert.deepEqual(differences(vm, identity, live), []);
      const drift = domainDrift(parsed(xml), spec, options).filter(({ path }) => !path.startsWith("on_"));
      assert.deepEqual(drift, []);
    });

    it(`builds the same domain from what was imported of ${name}`, async () => {
      const { spec } = await plannedOf(imported(xml));
      const built = domainXml(spec, 1, options);
      const without = (of: XmlElement) => said(of).filter((line) => !ours.test(line));
      assert.deepEqual(without(parsed(built)), without(parsed(xml)));
      const again: DomainSpec = { ...spec, xml: built };
      assert.deepEqual(
        said(parsed(domainXml(again, 1, options))).filter((line) => !ours.test(line)),
        without(parsed(built)),
      );
      assert.equal(readDomainXml(built, options).kind, "ours");
    });
  }

  it("is tried on thirty domains at least", () => {
    assert.ok(names.length >= 30);
  });

  it("keeps the XML as it was given, to the character", () => {
    const xml = "<!-- c --><domain type='kvm'>\r\n<name>A_b</name><memory>1024</memory>&#10;</domain>";
    const { document, file, xml: kept } = imported(xml);
    assert.equal(kept, xml);
    assert.deepEqual(
      [document.name, file, document.domain],
      ["a-b", "a-b.xml", { xml: "a-b.xml", name: "A_b" }],
    );
  });

  it("starts and stops nothing: what is off is stopped, what runs elsewhere is disabled", () => {
    const state = (attributes: string) =>
      imported(`<domain${attributes}><name>a</name><memory>1024</memory></domain>`).document.state;
    assert.deepEqual([state(""), state(" id='3'")], ["stopped", "disabled"]);
    const running = importDomain(
      "<domain id='3'><name>a</name><memory>1024</memory></domain>",
      new Map(),
      "known",
    );
    assert.ok(running.ok);
    assert.equal(running.imported.document.state, "running");
  });

  it("plugs cards into the networks that there are", () => {
    const xml = readFileSync(join(root, "01-plain.xml"), "utf8");
    const result = importDomain(xml, new Map([["br0", "servers"]]));
    assert.ok(result.ok);
    assert.deepEqual(result.imported.networks, []);
    assert.equal(result.imported.document.nics?.[0]?.network, "servers");
  });

  it("says what the planner will not see", () => {
    const xml = readFileSync(join(root, "13-ceph.xml"), "utf8");
    assert.deepEqual(imported(xml).remarks, [
      "disk sda stays in the XML alone: its data is no file of the node",
    ]);
  });

  it("refuses what is no domain, or can have no name", () => {
    const why = (xml: string) => {
      const result = importDomain(xml);
      return result.ok ? null : result.why;
    };
    assert.match(why("<domain>") ?? "", /no XML/);
    assert.match(why("<network/>") ?? "", /not a domain/);
    assert.match(why("<domain><name>a</name></domain>") ?? "", /no memory/);
    assert.match(why("<domain><name>42</name><memory>1</memory></domain>") ?? "", /no name of a VM/);
  });
});
