import { type HardwareField, withFields } from "../../../reconciler/model/hardware.ts";
import type { DomainSpec } from "../../../reconciler/model/step.ts";
import { unreachable } from "../../../reconciler/model/unreachable.ts";
import { readXml } from "../../../reconciler/xml/read-xml.ts";
import type { XmlElement } from "../../../reconciler/xml/xml-element.ts";
import { writeXml } from "../../../reconciler/xml/write-xml.ts";
import { impactFlags, procedures } from "../../libvirt/index.ts";
import { type HardwareChange, HypervisorError } from "../hypervisor.ts";
import type { Link } from "./link.ts";
import type { OurDomain } from "./our-domains.ts";
import type { LibvirtSettings } from "./settings.ts";
import { prepareVolumes } from "./volumes.ts";
import { type DeviceChanges, diskChanges, hasDevice, nicChanges } from "./xml/device-changes.ts";
import { wantedDevices } from "./xml/wanted-devices.ts";

interface Context {
  readonly settings: LibvirtSettings;
  readonly link: Link;
  readonly signal: AbortSignal;
}

const live = impactFlags.live;
/** How long a guest may take to let go of a device, and how often that is looked at. */
const letGoMs = 10_000;
const pollMs = 200;

/** Changes one field of a running domain, and answers what it was made from as it is then. @throws HypervisorError */
export async function changeField(
  one: OurDomain,
  spec: DomainSpec,
  field: HardwareField,
  change: HardwareChange,
  context: Context,
): Promise<DomainSpec> {
  const { domain, reading } = one;
  const { link, signal, settings } = context;
  const hardware = withFields(spec.hardware, change.hardware, [field]);
  switch (field) {
    case "memory": {
      if (hardware.memoryBytes > reading.live.maxMemoryBytes) {
        throw new HypervisorError("refused", `${reading.vm} was started with less room to grow`);
      }
      const memoryKiB = Math.ceil(hardware.memoryBytes / 1024);
      await link.call(procedures.domainSetMemory, { domain, flags: live, memoryKiB }, { signal });
      return { ...spec, hardware };
    }
    case "cpus":
      await link.call(procedures.domainSetVcpus, { domain, flags: live, cpus: hardware.cpus }, { signal });
      return { ...spec, hardware };
    case "disks": {
      const next = { ...spec, hardware, disks: wantedOf(change).disks };
      await prepareVolumes(next.disks, settings.xml, signal);
      await changeDevices(one, await changesOf(one, diskChanges, spec, next, context), context);
      return next;
    }
    case "nics": {
      const next = { ...spec, hardware, nics: wantedOf(change).nics };
      await changeDevices(one, await changesOf(one, nicChanges, spec, next, context), context);
      return next;
    }
    default:
      return unreachable(field);
  }
}

function wantedOf({ spec }: HardwareChange): DomainSpec {
  if (spec !== null) return spec;
  throw new HypervisorError("unsupported", "nobody said what the devices are to be");
}

async function changesOf(
  { domain }: OurDomain,
  find: typeof diskChanges,
  before: DomainSpec,
  next: DomainSpec,
  context: Context,
): Promise<DeviceChanges> {
  const { settings } = context;
  const root = await rootOf(domain, context);
  return find(root, wantedDevices(before, settings.xml), wantedDevices(next, settings.xml));
}

async function rootOf(domain: OurDomain["domain"], { link, signal }: Context): Promise<XmlElement> {
  const reading = readXml(await link.call(procedures.domainGetXmlDesc, { domain, flags: 0 }, { signal }));
  if (reading.ok) return reading.root;
  throw new HypervisorError(
    "refused",
    `the XML of ${domain.name} cannot be read: ${reading.problem.message}`,
  );
}

/** The guest lets go of a device when it gets round to it, or never. */
async function untilGone({ domain }: OurDomain, device: XmlElement, context: Context): Promise<void> {
  const { clock } = context.settings;
  const giveUpAt = clock.monotonic() + letGoMs;
  while (hasDevice(await rootOf(domain, context), device)) {
    if (clock.monotonic() >= giveUpAt) {
      const what = device.name === "disk" ? "a disk" : "a network card";
      throw new HypervisorError("refused", `the guest does not let go of ${what}`);
    }
    await clock.sleep(pollMs, context.signal);
  }
}

async function changeDevices(one: OurDomain, changes: DeviceChanges, context: Context): Promise<void> {
  const { link, signal } = context;
  const argsOf = (device: XmlElement) => ({ domain: one.domain, flags: live, xml: writeXml(device) });
  for (const device of changes.detach) {
    await link.call(procedures.domainDetachDevice, argsOf(device), { signal });
    await untilGone(one, device, context);
  }
  for (const device of changes.update)
    await link.call(procedures.domainUpdateDevice, argsOf(device), { signal });
  for (const device of changes.attach)
    await link.call(procedures.domainAttachDevice, argsOf(device), { signal });
}
