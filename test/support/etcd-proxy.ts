import { connect, createServer, type Server, type Socket } from "node:net";

/** A wire between a client and a store, with faults. */
export interface Proxy {
  readonly endpoint: string;
  /** Connections stay open, and nothing passes in either direction: a stopped process, a dropped cable. */
  freeze(): void;
  /** What clients ask passes, no answer does. */
  swallowAnswers(): void;
  /** All passes again; what was held back first. Swallowed answers are lost. */
  mend(): void;
  /** Ends all connections. New ones are made as before. */
  cut(): void;
  /** Bytes that clients sent so far. */
  readonly asked: number;
  close(): Promise<void>;
}

type Mode = "open" | "frozen" | "swallowing";

/** Listens on loopback and hands on to a `unix:/…` or `http://…` endpoint. */
export async function startProxy(target: string): Promise<Proxy> {
  const pairs = new Set<readonly [client: Socket, store: Socket]>();
  let mode: Mode = "open";
  let asked = 0;
  const apply = (pair: readonly [Socket, Socket]): void => {
    for (const socket of pair) {
      if (mode === "frozen") socket.pause();
      else socket.resume();
    }
  };
  const server = createServer((client) => {
    const store = connectTo(target);
    const pair = [client, store] as const;
    pairs.add(pair);
    client.on("data", (bytes) => {
      asked += bytes.length;
      store.write(bytes);
    });
    store.on("data", (bytes) => {
      if (mode !== "swallowing") client.write(bytes);
    });
    for (const socket of pair) {
      socket.on("error", () => undefined);
      socket.on("close", () => {
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
    apply(pair);
  });
  const change = (next: Mode): void => {
    mode = next;
    pairs.forEach(apply);
  };
  const cut = (): void => pairs.forEach((pair) => pair.forEach((socket) => socket.destroy()));
  return {
    endpoint: `http://127.0.0.1:${await listen(server)}`,
    freeze: () => change("frozen"),
    swallowAnswers: () => change("swallowing"),
    mend: () => change("open"),
    cut,
    get asked() {
      return asked;
    },
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function connectTo(target: string): Socket {
  if (target.startsWith("unix:")) return connect(target.slice("unix:".length));
  const { hostname, port } = new URL(target);
  return connect(Number(port), hostname);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address !== null && typeof address === "object") resolve(address.port);
      else reject(new Error("no port was given"));
    });
  });
}
