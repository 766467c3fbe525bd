// Needs: virsh, xmllint
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { domainXml } from "../../../../agent/hypervisor/libvirt/xml/domain-xml.ts";
import { findSchema, installedSchema } from "../../../../reconciler/domain-xml/schema/installed-schema.ts";
import { validate } from "../../../../reconciler/domain-xml/schema/validate.ts";
import { readXml } from "../../../../reconciler/xml/read-xml.ts";
import { repositoryRoot } from "../../../support/root.ts";
import { fileDisk, nicOn, options, specOf, volumeDisk } from "../../../agent/hypervisor/libvirt/xml/specs.ts";

const schema = installedSchema();
assert.ok(schema !== null);
const installed = schema;

function isValid(xml: string): boolean {
  const reading = readXml(xml);
  return reading.ok && validate(installed, reading.root, xml) === null;
}

function isValidForXmllint(xml: string): boolean {
  const rng = "/usr/share/libvirt/schemas/domain.rng";
  const { status } = spawnSync("xmllint", ["--noout", "--relaxng", rng, "-"], { input: xml });
  assert.ok(status !== null);
  return status === 0;
}

const generated = domainXml(
  specOf({
    disks: [volumeDisk("root"), fileDisk("cd", "/x.iso")],
    nics: [nicOn("br0", "eth0", "52:54:00:00:00:01")],
  }),
  1,
  options,
);

describe("validate", () => {
  it("finds nothing wrong with the domains that are generated", () => {
    assert.ok(isValid(generated));
    assert.ok(isValidForXmllint(generated));
  });

  it("says of every broken domain what xmllint says, but for a document type, which is refused whatever it says", () => {
    const folder = join(repositoryRoot, "test/broken-xml");
    const names = readdirSync(folder).filter((name) => name.endsWith(".xml"));
    const verdicts = names.map((name) => {
      const xml = readFileSync(join(folder, name), "utf8");
      return [name, isValid(xml), isValidForXmllint(xml)];
    });
    assert.deepEqual(
      verdicts.filter(([, ours, theirs]) => ours !== theirs),
      [["11-document-type.xml", false, true]],
    );
  });

  it("says what xmllint says when any one attribute or element of a good domain is taken away or misspelt", () => {
    const tags = [...generated.matchAll(/ [a-z]+="[^"]*"|<([a-z_]+)[^<]*\/>/g)];
    const step = Math.max(1, Math.floor(tags.length / 12));
    const changed = tags
      .filter((_, index) => index % step === 0)
      .flatMap((match) => {
        const [before, after] = [
          generated.slice(0, match.index),
          generated.slice(match.index + match[0].length),
        ];
        return [before + after, before + match[0].replace(/[a-z]/, "$&q") + after];
      });
    const differing = changed.filter((xml) => isValid(xml) !== isValidForXmllint(xml));
    assert.deepEqual(differing, []);
  });
});

describe("findSchema", () => {
  it("knows where there is none", () => {
    assert.equal(findSchema([]), null);
    assert.equal(findSchema(["/nowhere"]), null);
  });
});
