import { volumeFile } from "../../../../reconciler/model/volume-file.ts";
import type { DiskSpec } from "../../../../reconciler/model/step.ts";
import type { DomainDiskSource } from "../../../../reconciler/domain-xml/disks.ts";
import { element, type XmlElement } from "../../../../reconciler/xml/xml-element.ts";
import { HypervisorError } from "../../hypervisor.ts";
import { diskAddress, diskTarget, maxDisks } from "./layout.ts";
import type { DomainXmlOptions } from "./options.ts";

/** Where a disk's data is for libvirt, and in which form. */
export interface DiskImage {
  readonly source: DomainDiskSource;
  readonly format: "qcow2" | "raw";
  readonly device: "disk" | "cdrom";
}

export function diskImage(disk: DiskSpec, options: Pick<DomainXmlOptions, "poolFolder">): DiskImage {
  if (disk.source === "file") {
    const format = disk.path.endsWith(".qcow2") ? "qcow2" : "raw";
    const device = disk.path.endsWith(".iso") ? "cdrom" : "disk";
    return { source: { kind: "file", path: disk.path }, format, device };
  }
  const { pool, volume } = disk;
  if (pool.type === "rbd") {
    const source = { kind: "network", protocol: "rbd", image: `${pool.name}/${volume}` } as const;
    return { source, format: "raw", device: "disk" };
  }
  const { file, format } = volumeFile(volume);
  const path = `${pool.path ?? options.poolFolder(pool.name)}/${file}`;
  return { source: { kind: "file", path }, format, device: "disk" };
}

/**
 * A disk on the domain's virtio-scsi controller. No cache of the host's: what the guest has flushed is on the disk, and
 * a migration finds it there. The serial number is the disk's name: `/dev/disk/by-id` knows it.
 * @throws HypervisorError `unsupported`
 */
export function diskXml(disk: DiskSpec, slot: number, options: DomainXmlOptions): XmlElement {
  if (slot >= maxDisks) {
    throw new HypervisorError(
      "unsupported",
      `disk ${disk.name}: a domain has room for ${String(maxDisks)} disks`,
    );
  }
  const { source, format, device } = diskImage(disk, options);
  const isDrive = device === "cdrom";
  return element("disk", { type: sourceType(source), device }, [
    isDrive
      ? element("driver", { name: "qemu", type: format })
      : element("driver", { name: "qemu", type: format, cache: "none", discard: "unmap" }),
    sourceXml(source),
    element("target", { dev: diskTarget(slot), bus: "scsi" }),
    isDrive ? element("readonly") : null,
    element("serial", {}, [disk.name.slice(0, 36)]),
    element("boot", { order: slot + 1 }),
    diskAddress(slot),
  ]);
}

export function sourceType(source: DomainDiskSource): string {
  if (source.kind !== "file") return source.kind;
  return source.path.startsWith("/dev/") ? "block" : "file";
}

export function sourceXml(source: DomainDiskSource): XmlElement {
  switch (source.kind) {
    case "file":
      return source.path.startsWith("/dev/")
        ? element("source", { dev: source.path })
        : element("source", { file: source.path });
    case "volume":
      return element("source", { pool: source.pool, volume: source.volume });
    case "network":
      return element("source", { protocol: source.protocol, name: source.image });
  }
}
