import { element, type XmlElement } from "../../../../reconciler/xml/xml-element.ts";

const mebibyte = 2 ** 20;

/** libvirt gives a guest whole MiB, rounded up. */
export function mebibytes(bytes: number): number {
  return Math.ceil(bytes / mebibyte);
}

/** `bytes` as the document has it where libvirt's figure is the same to the MiB, else libvirt's. */
export function asWritten(fromLibvirt: number, bytes: number): number {
  return mebibytes(fromLibvirt) === mebibytes(bytes) ? bytes : fromLibvirt;
}

export function memoryXml(name: "memory" | "currentMemory", bytes: number): XmlElement {
  return element(name, { unit: "MiB" }, [String(mebibytes(bytes))]);
}
