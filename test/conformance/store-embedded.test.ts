import { startEmbedded } from "../support/etcd-embedded.ts";
import { describeStore } from "./store.ts";
import { serverEnvironment } from "./store-server.ts";

describeStore("the embedded server", async () => serverEnvironment(await startEmbedded()));
