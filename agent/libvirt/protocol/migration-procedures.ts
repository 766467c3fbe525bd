/** Procedures about migrations and other jobs of a domain. */
import { done, procedure } from "./procedure.ts";
import { type JobType, jobType } from "./states.ts";
import { readTypedParams, type TypedParam, writeTypedParams } from "./typed-params.ts";
import { type DomainRef, writeDomain, writeOptionalString } from "./values.ts";

/** `REMOTE_DOMAIN_MIGRATE_PARAM_LIST_MAX`, `REMOTE_DOMAIN_JOB_STATS_MAX`, `REMOTE_MIGRATE_COOKIE_MAX`. */
const limits = { migrateParams: 64, jobStats: 64, cookie: 4 * 2 ** 20 };

export interface JobStats {
  readonly type: JobType;
  /** `operation`, `data_total`, `data_remaining`, `time_elapsed` and more, bytes and milliseconds. */
  readonly params: readonly TypedParam[];
}

/** Names of `VIR_MIGRATE_PARAM_*`. */
export const migrateParams = {
  /** Where the other hypervisor takes the memory; without it libvirt finds one by itself. */
  uri: "migrate_uri",
  /** The domain's XML as it is to be on the other side. */
  destinationXml: "destination_xml",
  /** The domain's name over there. */
  destinationName: "destination_name",
  /** MiB/s. */
  bandwidth: "bandwidth",
} as const;

export const migrationProcedures = {
  /**
   * Migrates from server to server (`virDomainMigrateToURI3` with the peer-to-peer flag): `destination` is the URI by
   * which this server reaches the other. Answers when it is over. Nobody has to wait for the answer: the migration
   * goes on where the connection ends.
   */
  domainMigrate: procedure(
    "long",
    ["domainMigrate", 305],
    (
      out,
      args: {
        readonly domain: DomainRef;
        readonly destination: string | null;
        readonly params: readonly TypedParam[];
        readonly flags: number;
      },
    ) => {
      writeDomain(out, args.domain);
      writeOptionalString(out, args.destination);
      writeTypedParams(out, args.params, limits.migrateParams);
      out.opaque(Buffer.alloc(0), limits.cookie);
      out.uint(args.flags);
    },
    (input) => {
      input.opaque(limits.cookie);
      return null;
    },
  ),
  domainGetJobStats: procedure(
    "query",
    ["domainGetJobStats", 298],
    (out, args: { readonly domain: DomainRef; readonly flags: number }) => {
      writeDomain(out, args.domain);
      out.uint(args.flags);
    },
    (input): JobStats => ({
      type: jobType(input.int()),
      params: readTypedParams(input, limits.jobStats),
    }),
  ),
  /** Answers before the job is over. */
  domainAbortJob: procedure("act", ["domainAbortJob", 164], writeDomain, done),
  domainMigrateSetMaxDowntime: procedure(
    "act",
    ["domainMigrateSetMaxDowntime", 166],
    (out, args: { readonly domain: DomainRef; readonly milliseconds: number; readonly flags: number }) => {
      writeDomain(out, args.domain);
      out.uhyper(BigInt(args.milliseconds));
      out.uint(args.flags);
    },
    done,
  ),
  /** MiB/s; works while it runs. */
  domainMigrateSetMaxSpeed: procedure(
    "act",
    ["domainMigrateSetMaxSpeed", 207],
    (out, args: { readonly domain: DomainRef; readonly bandwidth: number; readonly flags: number }) => {
      writeDomain(out, args.domain);
      out.uhyper(BigInt(args.bandwidth));
      out.uint(args.flags);
    },
    done,
  ),
} as const;
