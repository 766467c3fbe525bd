/** What several procedures take or give, with the protocol's own bounds. */
import type { XdrReader } from "../xdr/reader.ts";
import type { XdrWriter } from "../xdr/writer.ts";

/** `REMOTE_STRING_MAX`. */
export const stringLimit = 4 * 2 ** 20;
/** `REMOTE_DOMAIN_LIST_MAX`. */
export const domainListLimit = 16_384;

/** By which libvirt knows a domain. Most procedures look at the UUID alone. */
export interface DomainRef {
  readonly name: string;
  /** 32 hexadecimal digits in lower case, with the usual hyphens. */
  readonly uuid: string;
  /** Of this run; null while it does not run. */
  readonly id: number | null;
}

export function writeString(out: XdrWriter, value: string): void {
  out.string(value, stringLimit);
}

export function readString(input: XdrReader): string {
  return input.string(stringLimit);
}

export function writeOptionalString(out: XdrWriter, value: string | null): void {
  out.optional(value, (text) => writeString(out, text));
}

export function readOptionalString(input: XdrReader): string | null {
  return input.optional(() => readString(input));
}

export function writeDomain(out: XdrWriter, domain: DomainRef): void {
  writeString(out, domain.name);
  writeUuid(out, domain.uuid);
  out.int(domain.id ?? -1);
}

export function readDomain(input: XdrReader): DomainRef {
  const name = readString(input);
  const uuid = readUuid(input);
  const id = input.int();
  return { name, uuid, id: id < 0 ? null : id };
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu;

export function writeUuid(out: XdrWriter, uuid: string): void {
  if (!uuidForm.test(uuid)) throw new RangeError(`${uuid} is no UUID`);
  out.fixed(Buffer.from(uuid.replaceAll("-", ""), "hex"));
}

export function readUuid(input: XdrReader): string {
  const digits = input.fixed(16).toString("hex");
  const cuts = [0, 8, 12, 16, 20, 32];
  return cuts
    .slice(1)
    .map((end, index) => digits.slice(cuts[index], end))
    .join("-");
}
