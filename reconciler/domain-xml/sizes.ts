import { attribute, textOf, type XmlElement } from "../xml/xml-element.ts";

const units: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  kb: 1000,
  k: 1024,
  kib: 1024,
  mb: 1e6,
  m: 1024 ** 2,
  mib: 1024 ** 2,
  gb: 1e9,
  g: 1024 ** 3,
  gib: 1024 ** 3,
  tb: 1e12,
  t: 1024 ** 4,
  tib: 1024 ** 4,
};

/** Bytes of `<memory unit='MiB'>512</memory>`; without a unit it is KiB. null: no such element, or no size. */
export function sizeOf(of: XmlElement | undefined): number | null {
  if (of === undefined) return null;
  const unit = units[(attribute(of, "unit") ?? "KiB").toLowerCase()];
  const text = textOf(of).trim();
  if (unit === undefined || !/^\d{1,15}$/.test(text)) return null;
  return Number(text) * unit;
}
