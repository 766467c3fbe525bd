/**
 * The UUID of a machine's mainboard, as the machine itself (SMBIOS) and its power device (IPMI, Redfish) tell it. They
 * tell the same 16 bytes, in whichever order the maker thought right.
 */

/** Lower case with dashes; null where that is no UUID, or one that makers put into every board. */
export function asUuid(text: string): string | null {
  const digits = text.trim().toLowerCase().replaceAll("-", "");
  if (!/^[0-9a-f]{32}$/u.test(digits)) return null;
  const bytes = bytesOf(digits);
  return orders.some((order) => placeholders.has(order(bytes).join(""))) ? null : dashed(bytes);
}

/** Whether both can be what one machine is called, whatever order the bytes were told in. */
export function isSameSystem(a: string, b: string): boolean {
  const [one, other] = [asUuid(a), asUuid(b)];
  if (one === null || other === null) return false;
  const bytes = bytesOf(other.replaceAll("-", ""));
  return orders.some((order) => dashed(order(bytes)) === one);
}

type Bytes = readonly string[];

const asIs = (bytes: Bytes): Bytes => bytes;
/** IPMI 2.0 sends the last byte first. */
const reversed = (bytes: Bytes): Bytes => [...bytes].reverse();
/** SMBIOS 2.6 keeps the first three fields with the low byte first. */
const mixed = (bytes: Bytes): Bytes => [
  ...bytes.slice(0, 4).reverse(),
  ...bytes.slice(4, 6).reverse(),
  ...bytes.slice(6, 8).reverse(),
  ...bytes.slice(8),
];

const orders = [
  asIs,
  mixed,
  reversed,
  (bytes: Bytes) => mixed(reversed(bytes)),
  (bytes: Bytes) => reversed(mixed(bytes)),
];

/** Nobody's: what boards carry whose maker never wrote one. */
const placeholders = new Set([
  "0".repeat(32),
  "f".repeat(32),
  "03000200040005000006000700080009",
  "00020003000400050006000700080009",
  "123456781234567890abcddeefaabbcc",
]);

function bytesOf(digits: string): Bytes {
  return digits.match(/../gu) ?? [];
}

function dashed(bytes: Bytes): string {
  const digits = bytes.join("");
  const fields = [0, 8, 12, 16, 20].map((start, index, starts) => digits.slice(start, starts[index + 1]));
  return fields.join("-");
}
