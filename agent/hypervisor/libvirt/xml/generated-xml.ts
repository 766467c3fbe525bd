import type { DomainSpec } from "../../../../reconciler/model/step.ts";
import { element, type XmlElement } from "../../../../reconciler/xml/xml-element.ts";
import { diskXml } from "./disk-xml.ts";
import { fixedAddress, rootPorts, slotsOf, watchdogAddress } from "./layout.ts";
import { memoryXml } from "./memory.ts";
import { nicXml } from "./nic-xml.ts";
import type { DomainXmlOptions } from "./options.ts";

/**
 * What becomes of a domain at the end of a run. Its own reboot is no end. A crash is one, and so is seen; whether it is
 * started again is decided by the restart policy, not by libvirt.
 */
export const lifecycle = { on_poweroff: "destroy", on_reboot: "restart", on_crash: "destroy" } as const;

/** A domain made from the fields of the VM alone, without metadata. */
export function generatedXml(spec: DomainSpec, options: DomainXmlOptions): XmlElement {
  const { hardware } = spec;
  return element("domain", { type: options.type }, [
    element("name", {}, [spec.domainName]),
    element("uuid", {}, [spec.uuid]),
    // No room to grow: a guest has all of it until its balloon driver is loaded, and one without a driver for good.
    memoryXml("memory", hardware.memoryBytes),
    memoryXml("currentMemory", hardware.memoryBytes),
    element("vcpu", { placement: "static", current: hardware.cpus }, [
      String(Math.max(hardware.maxCpus, hardware.cpus)),
    ]),
    element("os", {}, [element("type", { arch: "x86_64", machine: options.machine }, ["hvm"])]),
    element("features", {}, [element("acpi"), element("apic")]),
    // Under emulation libvirt cannot tell beforehand what the model lacks, and would refuse it.
    element("cpu", { mode: "custom", match: "exact", check: options.type === "kvm" ? "partial" : "none" }, [
      element("model", { fallback: "forbid" }, [options.cpuModel]),
    ]),
    element("clock", { offset: "utc" }, [
      element("timer", { name: "rtc", tickpolicy: "catchup" }),
      element("timer", { name: "pit", tickpolicy: "delay" }),
      element("timer", { name: "hpet", present: "no" }),
    ]),
    ...Object.entries(lifecycle).map(([name, action]) => element(name, {}, [action])),
    element("pm", {}, [
      element("suspend-to-mem", { enabled: "no" }),
      element("suspend-to-disk", { enabled: "no" }),
    ]),
    devicesXml(spec, options),
  ]);
}

function devicesXml(spec: DomainSpec, options: DomainXmlOptions): XmlElement {
  const diskSlots = slotsOf(spec.disks);
  const nicSlots = slotsOf(spec.nics);
  const log = options.consoleLog?.(spec.vm) ?? null;
  return element("devices", {}, [
    options.emulator === null ? null : element("emulator", {}, [options.emulator]),
    element("controller", { type: "pci", index: 0, model: "pcie-root" }),
    ...rootPorts(nicSlots.values()),
    element("controller", { type: "scsi", index: 0, model: "virtio-scsi" }, [fixedAddress("scsi")]),
    element("controller", { type: "virtio-serial", index: 0 }, [fixedAddress("serial")]),
    element("controller", { type: "usb", index: 0, model: "none" }),
    ...spec.disks.map((disk) => diskXml(disk, diskSlots.get(disk.name) ?? 0, options)),
    ...spec.nics.map((nic) => nicXml(nic, nicSlots.get(nic.name) ?? 0)),
    element("serial", { type: "pty" }, [
      log === null ? null : element("log", { file: log, append: "on" }),
      element("target", { type: "isa-serial", port: 0 }),
    ]),
    element("console", { type: "pty" }, [
      log === null ? null : element("log", { file: log, append: "on" }),
      element("target", { type: "serial", port: 0 }),
    ]),
    element("channel", { type: "unix" }, [
      element("target", { type: "virtio", name: "org.qemu.guest_agent.0" }),
      element("address", { type: "virtio-serial", controller: 0, bus: 0, port: 1 }),
    ]),
    element("watchdog", { model: "i6300esb", action: "reset" }, [watchdogAddress]),
    element("memballoon", { model: "virtio" }, [fixedAddress("balloon")]),
    element("rng", { model: "virtio" }, [
      element("backend", { model: "random" }, ["/dev/urandom"]),
      fixedAddress("rng"),
    ]),
    element("panic", { model: "isa" }),
  ]);
}
