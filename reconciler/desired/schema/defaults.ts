/**
 * What holds where a document says nothing, as one would write it. The schema shows these values to editors, and
 * resolution falls back to them: there is no second list.
 */

export const clusterDefaults = {
  name: "default",
  maintenance: false,
  selector: "mem",
  fencing: { lease: "10s", grace: "15s", methods: ["bmc"], powerOn: true, return: "manual" },
  reconcile: { mode: "plan" },
  bounds: { destroy: 1, migrations: 4, migrationsPerNode: 2 },
  reserve: { memory: "5%" },
} as const;

export const nodeDefaults = { state: "ready", maintenance: false } as const;

export const vmDefaults = {
  state: "running",
  autorestart: true,
  migration: { method: "auto", maxDowntime: "300ms" },
  shutdown: { timeout: "180s", then: "poweroff" },
  restart: { policy: "on-failure", max: 5, window: "10m", backoff: "10s" },
  priority: "normal",
  cpus: 1,
  protect: false,
} as const;

/** The pool that `disk: 20GiB` means, there also where nobody defines it: then in a folder of each node. */
export const defaultPool = "default";
/** The name of the one disk that `disk: 20GiB` means. */
export const rootDisk = "root";
