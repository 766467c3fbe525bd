import { connectProcedures } from "./connect-procedures.ts";
import { domainProcedures } from "./domain-procedures.ts";
import { eventProcedures } from "./events.ts";
import { migrationProcedures } from "./migration-procedures.ts";

/** Every procedure that this client knows, by libvirt's own name for it. */
export const procedures = {
  ...connectProcedures,
  ...domainProcedures,
  ...migrationProcedures,
  ...eventProcedures,
} as const;
