import { Etcd3 } from "etcd3";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { connectStore, type EtcdStore } from "../../reconciler/store/etcd/etcd-store.ts";
import type { EtcdCluster } from "../support/etcd-cluster.ts";
import type { MaintenanceEnvironment } from "./store-maintenance.ts";
import type { StoreEnvironment } from "./store-subject.ts";

/** One that speaks etcd's protocol, running for one test file. */
export interface RunningServer {
  /** Of all its members. */
  readonly endpoints: readonly string[];
  /** Ends all members without a word to their clients. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** A server that has one member. */
export function oneMember(server: {
  readonly endpoint: string;
  kill(): Promise<void>;
  close(): Promise<void>;
}): RunningServer {
  return { endpoints: [server.endpoint], kill: () => server.kill(), close: () => server.close() };
}

export function allMembers(cluster: EtcdCluster): RunningServer {
  return {
    endpoints: cluster.endpoints,
    kill: async () => {
      await Promise.all(cluster.members.map((member) => member.kill()));
    },
    close: () => cluster.close(),
  };
}

/**
 * The environment around a server; what no `Store` can do is done with a plain etcd client. Every client asks another
 * member first, so that what one writes is read elsewhere.
 */
export function serverEnvironment(server: RunningServer): StoreEnvironment {
  const clients: EtcdStore[] = [];
  const plain = new Etcd3({ hosts: [...server.endpoints] });
  return {
    connect: () => {
      const client = connectStore({
        endpoints: turned(server.endpoints, clients.length),
        clock: systemClock,
      });
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

export function serverMaintenance(server: RunningServer): MaintenanceEnvironment {
  const store = connectStore({ endpoints: server.endpoints, clock: systemClock });
  return {
    store,
    maintenance: store,
    memberCount: server.endpoints.length,
    close: async () => {
      await store.close();
      await server.close();
    },
  };
}

function turned(endpoints: readonly string[], by: number): readonly string[] {
  const first = by % endpoints.length;
  return [...endpoints.slice(first), ...endpoints.slice(0, first)];
}
