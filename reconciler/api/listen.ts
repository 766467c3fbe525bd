/** Where the API is reached. */
import { KeelError } from "../model/errors.ts";
import { bindPrivately, checkSocketPath, removeStaleSocket } from "../store/embedded/socket-path.ts";
import type { ApiServer } from "./server.ts";
import { messageOf } from "../model/thrown.ts";

/** Serves on a unix socket of its owner alone. The returned function ends it. @throws KeelError `failed` */
export async function listenOnSocket(server: ApiServer, path: string): Promise<() => Promise<void>> {
  try {
    checkSocketPath(path);
    await removeStaleSocket(path);
    const remove = await bindPrivately(path, async (hidden) => {
      await server.listen({ path: hidden });
    });
    return async () => {
      await remove();
      await server.close();
    };
  } catch (cause) {
    await server.close();
    throw notServed(`Serving the API on ${path}`, cause, "Name another path with `--socket`.");
  }
}

export interface Address {
  /** null: every address of the machine. */
  readonly host: string | null;
  /** 0: a free one. */
  readonly port: number;
}

export interface Listening {
  /** The port that it is served on. */
  readonly port: number;
  readonly end: () => Promise<void>;
}

/** Serves on a port, of a server with TLS. @throws KeelError `failed` */
export async function listenOnPort(server: ApiServer, { host, port }: Address): Promise<Listening> {
  try {
    await server.listen({ host: host ?? "::", port });
  } catch (cause) {
    await server.close();
    throw notServed(`Serving the API on port ${port}`, cause, "Name another address with `--listen`.");
  }
  const [address] = server.addresses();
  const served = typeof address === "object" ? address.port : port;
  return { port: served, end: () => server.close() };
}

function notServed(what: string, cause: unknown, advice: string): KeelError {
  const why = messageOf(cause);
  return new KeelError("failed", { what, why, advice }, { cause });
}
