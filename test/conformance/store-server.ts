import { Etcd3 } from "etcd3";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { connectStore, type EtcdStore } from "../../reconciler/store/etcd/etcd-store.ts";
import type { StoreEnvironment } from "./store-subject.ts";

/** A server that speaks etcd's protocol, running for one test file. */
export interface RunningServer {
  readonly endpoint: string;
  /** Ends it without a word to its clients. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** The environment around a server; what no `Store` can do is done with a plain etcd client. */
export function serverEnvironment(server: RunningServer): StoreEnvironment {
  const clients: EtcdStore[] = [];
  const plain = new Etcd3({ hosts: server.endpoint });
  return {
    connect: () => {
      const client = connectStore({ endpoints: [server.endpoint], clock: systemClock });
      clients.push(client);
      return client;
    },
    elapse: (promise) => promise,
    compact: async (revision) => {
      await plain.kv.compact({ revision });
    },
    takeLease: async (ID) => {
      await plain.leaseClient.leaseRevoke({ ID });
    },
    vanish: () => server.kill(),
    close: async () => {
      for (const client of clients) await client.close();
      plain.close();
      await server.close();
    },
  };
}
