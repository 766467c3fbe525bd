// Needs: etcd
import { startEtcdCluster } from "../support/etcd-cluster.ts";
import { describeStore } from "./store.ts";
import { allMembers, serverEnvironment } from "./store-server.ts";

describeStore("an etcd of three members", async () =>
  serverEnvironment(allMembers(await startEtcdCluster({ members: 3 }))),
);
