import { lookup } from "node:dns/promises";

/** None where the name has none, or cannot be looked up. Never rejects. */
export async function addressesOfHost(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}
