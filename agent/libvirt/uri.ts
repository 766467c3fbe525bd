import type { Address } from "./connection/transport.ts";

/** What a libvirt URI says: where the server listens, and what it is to open there. */
export interface ParsedUri {
  readonly address: Address;
  /** As the server knows it: `qemu:///system`. */
  readonly serverUri: string;
}

/** Where the daemon for all drivers listens; the one for QEMU alone: `qemu+unix:///system?socket=…`. */
const defaultSocket = "/run/libvirt/libvirt-sock";
const defaultPorts = { tcp: 16_509, tls: 16_514 } as const;

/** TLS files of a machine, as libvirt itself names them. */
const pki = {
  ca: "/etc/pki/CA/cacert.pem",
  cert: "/etc/pki/libvirt/clientcert.pem",
  key: "/etc/pki/libvirt/private/clientkey.pem",
} as const;

/**
 * `qemu:///system`, `qemu+unix:///system?socket=/path`, `qemu+tcp://host:16509/system`,
 * `qemu+tls://host/system?pkipath=/folder` (`cacert.pem`, `clientcert.pem` and `clientkey.pem` in it), and the same for
 * other drivers, `test:///default` for one.
 *
 * @throws RangeError that says what is wrong with it.
 */
export function parseUri(text: string): ParsedUri {
  const form =
    /^(?<driver>[a-z]+)(?:\+(?<transport>[a-z]+))?:\/\/(?<host>[^/?#]*)(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?$/u;
  const parts = form.exec(text)?.groups;
  if (parts?.["driver"] === undefined)
    throw new RangeError(`${text} is no libvirt URI, such as qemu:///system`);
  const { driver, host = "", path = "/" } = parts;
  const transport = parts["transport"] ?? (host === "" ? "unix" : "tls");
  const query = new URLSearchParams(parts["query"] ?? "");
  return { address: addressOf(text, transport, host, query), serverUri: `${driver}://${path}` };
}

function addressOf(text: string, transport: string, host: string, query: URLSearchParams): Address {
  if (transport === "unix") {
    if (host !== "") throw new RangeError(`${text} names a host, and a socket that is on this machine`);
    return { transport, path: query.get("socket") ?? defaultSocket };
  }
  if (transport !== "tcp" && transport !== "tls") {
    throw new RangeError(`${text} asks for ${transport}; unix, tcp and tls are known`);
  }
  if (host === "") throw new RangeError(`${text} names no host`);
  const { name, port } = parseHost(text, host, defaultPorts[transport]);
  if (transport === "tcp") return { transport, host: name, port };
  return { transport, host: name, port, files: filesIn(query.get("pkipath")) };
}

function filesIn(folder: string | null): {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
} {
  if (folder === null) return pki;
  return {
    ca: `${folder}/cacert.pem`,
    cert: `${folder}/clientcert.pem`,
    key: `${folder}/clientkey.pem`,
  };
}

function parseHost(text: string, host: string, defaultPort: number): { name: string; port: number } {
  const parts = /^(?:\[(?<v6>[0-9a-fA-F:.]+)\]|(?<name>[^:@[\]]+))(?::(?<port>\d{1,5}))?$/u.exec(
    host,
  )?.groups;
  const name = parts?.["v6"] ?? parts?.["name"];
  const port = Number(parts?.["port"] ?? defaultPort);
  if (name === undefined || port < 1 || port > 65_535) {
    throw new RangeError(`${text} names no host that can be reached: ${host}`);
  }
  return { name, port };
}
