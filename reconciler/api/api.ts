/** The whole API: its routes, in the order of the document. */
import { apiVersion, openApiText } from "./openapi.ts";
import type { Actions, ClusterReads } from "./ports.ts";
import type { Route } from "./route.ts";
import { clusterRoutes } from "./routes/cluster.ts";
import { eventRoutes } from "./routes/events.ts";
import { healthRoutes } from "./routes/health.ts";
import { maintenanceRoutes } from "./routes/maintenance.ts";
import { nodeChangeRoutes } from "./routes/node-changes.ts";
import { planRoutes } from "./routes/plans.ts";
import { readRoutes } from "./routes/reads.ts";
import { vmChangeRoutes } from "./routes/vm-changes.ts";

export interface ApiOptions {
  readonly reads: ClusterReads;
  readonly actions: Actions;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly version: string;
}

export function apiRoutes({ reads, actions, now, version }: ApiOptions): readonly Route[] {
  const routes: readonly Route[] = [
    ...readRoutes(reads),
    ...vmChangeRoutes(actions),
    ...nodeChangeRoutes(actions),
    ...clusterRoutes(reads),
    ...maintenanceRoutes(actions, now),
    ...planRoutes(actions),
    ...eventRoutes(reads),
    ...healthRoutes({ reads, now, version, openApi: () => openApiText(routes, apiVersion) }),
  ];
  return routes;
}
