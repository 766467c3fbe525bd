import { startEmbedded } from "../support/etcd-embedded.ts";
import { describeStore } from "./store.ts";
import { describeMaintenance } from "./store-maintenance.ts";
import { oneMember, serverEnvironment, serverMaintenance } from "./store-server.ts";

describeStore("the embedded server", async () => serverEnvironment(oneMember(await startEmbedded())));
describeMaintenance("the embedded server", async () => serverMaintenance(oneMember(await startEmbedded())));
