/** The whole API: its routes, in the order of the document. */
import { apiVersion, openApiText } from "./openapi.ts";
import type { ClusterReads } from "./ports.ts";
import type { Route } from "./route.ts";
import { clusterRoutes } from "./routes/cluster.ts";
import { healthRoutes } from "./routes/health.ts";
import { readRoutes } from "./routes/reads.ts";

export interface ApiOptions {
  readonly reads: ClusterReads;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly version: string;
}

export function apiRoutes({ reads, now, version }: ApiOptions): readonly Route[] {
  const routes: readonly Route[] = [
    ...readRoutes(reads),
    ...clusterRoutes(reads),
    ...healthRoutes({ reads, now, version, openApi: () => openApiText(routes, apiVersion) }),
  ];
  return routes;
}
