import { chmod, mkdir, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { dirname } from "node:path";
import type { Clock } from "../../../../reconciler/model/clock.ts";
import { decode, encode } from "../../../../reconciler/store/codec.ts";
import { HypervisorError } from "../../hypervisor.ts";
import { Connection } from "./connection.ts";
import { Lines } from "./lines.ts";
import {
  type CallName,
  type Calls,
  type Gives,
  messageLimit,
  type Notice,
  type Request,
  type Takes,
} from "./protocol.ts";
import { messageOf } from "../../../../reconciler/model/thrown.ts";

export interface ServerOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly calls: Calls;
  /** Calls back when clients should look again, until the returned function is called. */
  readonly onChange: (callback: () => void) => () => void;
  /** Called once clients can connect. */
  readonly onReady?: () => void;
}

/**
 * Serves calls on a unix socket that only its owner can open, until `signal` is aborted.
 *
 * @throws Error where another host serves there already.
 */
export async function serve(options: ServerOptions, signal: AbortSignal): Promise<void> {
  const { path, clock, calls, onChange, onReady } = options;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await removeStale(path, clock);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    serveSocket(socket, path, calls, signal);
  });
  const unsubscribe = onChange(onceATurn(() => notify(sockets)));
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
    await chmod(path, 0o600);
    onReady?.();
    await aborted(signal);
  } finally {
    unsubscribe();
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

/** A socket that nobody answers on was left behind by a host that was killed. */
async function removeStale(path: string, clock: Clock): Promise<void> {
  const other = await Connection.open(path, clock).catch(() => null);
  if (other !== null) {
    other.close();
    throw new Error(`a simulated host serves at ${path} already; stop it first`);
  }
  await rm(path, { force: true });
}

function serveSocket(socket: Socket, path: string, calls: Calls, signal: AbortSignal): void {
  const lines = new Lines(messageLimit);
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.on("data", (text: string) => {
    try {
      for (const value of lines.push(text)) {
        void answer(socket, decode<Request>({ key: path, value }), calls, signal);
      }
    } catch {
      // Not one of our clients, or a defect: nothing more is understood on this connection.
      socket.destroy();
    }
  });
}

/** What was begun for a client goes on when the client is gone, as with any hypervisor. */
async function answer(socket: Socket, request: Request, calls: Calls, signal: AbortSignal): Promise<void> {
  const { id } = request;
  try {
    send(socket, { id, gives: await carryOut(request.call, request.takes, calls, signal) });
  } catch (error) {
    const code = error instanceof HypervisorError ? error.code : "refused";
    send(socket, { id, error: { code, message: messageOf(error) } });
  }
}

async function carryOut<K extends CallName>(
  call: K,
  takes: Takes<K>,
  calls: Calls,
  signal: AbortSignal,
): Promise<Gives<K>> {
  if (!Object.hasOwn(calls, call)) throw new HypervisorError("unsupported", `there is no call ${call}`);
  return calls[call](takes, signal);
}

function notify(sockets: ReadonlySet<Socket>): void {
  const notice: Notice = { id: null, notice: "changed" };
  for (const socket of sockets) send(socket, notice);
}

/** A client that does not read is let go, before its unread messages fill the memory. */
function send(socket: Socket, message: object): void {
  if (socket.destroyed) return;
  socket.write(`${encode(message)}\n`);
  if (socket.writableLength > 2 * messageLimit) socket.destroy();
}

/** Many changes of one turn of the event loop are one. */
function onceATurn(callback: () => void): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      callback();
    });
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
