/** What `keel import` makes of a domain, as far as an agent is given it. */
import assert from "node:assert/strict";
import { missingIdentities } from "../../reconciler/control/identities.ts";
import { importDomain, type ImportedDomain } from "../../reconciler/desired/import/import-domain.ts";
import { loadFolder } from "../../reconciler/desired/load-folder.ts";
import { documentYaml } from "../../reconciler/desired/yaml/write-yaml.ts";
import { domainSpec } from "../../reconciler/plan/hardware.ts";
import { temporaryFolder } from "../reconciler/desired/temporary-folder.ts";

export function imported(xml: string): ImportedDomain {
  const result = importDomain(xml);
  assert.ok(result.ok);
  return result.imported;
}

/** The folder that the import writes, loaded and resolved to what an agent would be given. */
export async function plannedOf({ document, networks, file, xml }: ImportedDomain) {
  const documents = [document, ...networks].map((one) => documentYaml(one, "\n")).join("---\n");
  await using folder = await temporaryFolder({ "vm.yaml": documents, [file]: xml });
  const result = await loadFolder(folder.path, { host: "box" });
  assert.ok(result.ok, JSON.stringify(result.ok ? "" : result.issues));
  const identity = missingIdentities(result.desired, new Map(), (count) => new Uint8Array(count)).get(
    document.name,
  );
  const vm = result.desired.vms.get(document.name);
  assert.ok(vm !== undefined && identity !== undefined);
  const spec = domainSpec(vm, identity, result.desired, new Map());
  return { vm, identity, spec };
}
