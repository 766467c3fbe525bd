// Needs: etcd
import { startEtcd } from "../support/etcd.ts";
import { startEtcdCluster } from "../support/etcd-cluster.ts";
import { describeStore } from "./store.ts";
import { describeMaintenance } from "./store-maintenance.ts";
import { allMembers, oneMember, serverEnvironment, serverMaintenance } from "./store-server.ts";

describeStore("etcd", async () => serverEnvironment(oneMember(await startEtcd())));
describeMaintenance("etcd", async () => serverMaintenance(oneMember(await startEtcd())));
describeMaintenance("an etcd of three members", async () =>
  serverMaintenance(allMembers(await startEtcdCluster({ members: 3 }))),
);
