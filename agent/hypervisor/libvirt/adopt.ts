import type { DomainSpec } from "../../../reconciler/model/step.ts";
import { writeXml } from "../../../reconciler/xml/write-xml.ts";
import { impactFlags, listFlags, metadataTypes, procedures, undefineFlags } from "../../libvirt/index.ts";
import { HypervisorError } from "../hypervisor.ts";
import type { Link } from "./link.ts";
import { metadataNamespace, metadataPrefix, unprefixedRecord } from "./xml/record.ts";

/**
 * A running domain of somebody else's becomes ours: libvirt forgets its definition, which makes it transient, and it is
 * given our record. First the definition: where libvirt keeps it for a reason (snapshots, a saved state) it says so, and
 * nothing has changed. The guest notices neither.
 *
 * @throws HypervisorError
 */
export async function adoptDomain(
  link: Link,
  spec: DomainSpec,
  epoch: number,
  signal: AbortSignal,
): Promise<void> {
  const running = await link.call(procedures.connectListAllDomains, { flags: listFlags.active }, { signal });
  const domain = running.find(({ uuid }) => uuid === spec.uuid);
  if (domain === undefined) {
    throw new HypervisorError("no-domain", `no domain with the UUID ${spec.uuid} runs here`);
  }
  if (await link.call(procedures.domainIsPersistent, domain, { signal })) {
    const flags = undefineFlags.keepNvram;
    await link.call(procedures.domainUndefine, { domain, flags }, { signal });
  }
  const metadata = writeXml(unprefixedRecord({ vm: spec.vm, epoch, spec }));
  const where = { type: metadataTypes.element, key: metadataPrefix, uri: metadataNamespace };
  const args = { domain, flags: impactFlags.live, ...where, metadata };
  await link.call(procedures.domainSetMetadata, args, { signal });
}
