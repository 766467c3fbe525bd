import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { LinkError } from "../errors.ts";

export interface TlsFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export type Address =
  | { readonly transport: "unix"; readonly path: string }
  | { readonly transport: "tcp"; readonly host: string; readonly port: number }
  | { readonly transport: "tls"; readonly host: string; readonly port: number; readonly files: TlsFiles };

/** How an address is named in messages. */
export function addressText(address: Address): string {
  return address.transport === "unix" ? address.path : `${address.host}:${address.port}`;
}

/**
 * A socket over which frames can go at once.
 *
 * @throws LinkError `unreachable`; the signal's reason where it is aborted.
 */
export async function openTransport(address: Address, signal: AbortSignal): Promise<Socket> {
  if (address.transport !== "tls") return await openPlain(address, signal);
  const [ca, cert, key] = await Promise.all(
    [address.files.ca, address.files.cert, address.files.key].map((path) => readPem(path)),
  );
  signal.throwIfAborted();
  const socket = connectTls({
    host: address.host,
    port: address.port,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  });
  await settled(socket, "secureConnect", address, signal);
  await accepted(socket, address, signal);
  return socket;
}

async function openPlain(
  address: Extract<Address, { readonly transport: "unix" | "tcp" }>,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = address.transport === "unix" ? connect(address.path) : connect(address.port, address.host);
  socket.setNoDelay(true);
  await settled(socket, "connect", address, signal);
  return socket;
}

/** After the handshake the server judges the client's certificate, and says yes with one byte, or closes. */
async function accepted(socket: Socket, address: Address, signal: AbortSignal): Promise<void> {
  await settled(socket, "readable", address, signal);
  const byte: unknown = socket.read(1);
  if (Buffer.isBuffer(byte) && byte[0] === 1) return;
  socket.destroy();
  throw new LinkError("unreachable", `${addressText(address)} does not accept this client's certificate`);
}

function settled(socket: Socket, event: string, address: Address, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      socket.off(event, onEvent);
      socket.off("error", onError);
      socket.off("close", onClose);
      signal.removeEventListener("abort", onAbort);
    };
    const fail = (error: Error) => {
      end();
      socket.once("error", () => undefined); // One that comes late is nobody's any more.
      socket.destroy();
      reject(error);
    };
    const unreachable = (why: string, cause?: Error) =>
      fail(new LinkError("unreachable", `nothing answers at ${addressText(address)}: ${why}`, { cause }));
    const onEvent = () => {
      end();
      resolve();
    };
    const onError = (error: Error) => unreachable(error.message, error);
    const onClose = () => unreachable("it was closed at once");
    const onAbort = () => fail(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
    socket.once(event, onEvent);
    socket.once("error", onError);
    socket.once("close", onClose);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

async function readPem(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new LinkError("unreachable", `cannot read ${path}, which TLS needs`, { cause: error });
  }
}
