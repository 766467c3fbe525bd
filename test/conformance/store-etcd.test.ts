import { it } from "node:test";
import { missingEtcd, startEtcd } from "../support/etcd.ts";
import { describeStore } from "./store.ts";
import { serverEnvironment } from "./store-server.ts";

const missing = missingEtcd();

if (missing === null) describeStore("etcd", async () => serverEnvironment(await startEtcd()));
else it(`the store contract is not tried with a real etcd: ${missing}`, (test) => test.diagnostic(missing));
