/** Procedures about one domain, migrations aside. */
import type { XdrReader } from "../xdr/reader.ts";
import type { XdrWriter } from "../xdr/writer.ts";
import { done, procedure } from "./procedure.ts";
import { type DomainState, domainState, stateReason } from "./states.ts";
import { readTypedParams, type TypedParam } from "./typed-params.ts";
import {
  type DomainRef,
  domainListLimit,
  readDomain,
  readString,
  writeDomain,
  writeOptionalString,
  writeString,
  writeUuid,
} from "./values.ts";

/** `REMOTE_CONNECT_GET_ALL_DOMAIN_STATS_MAX`, `REMOTE_DOMAIN_MEMORY_STATS_MAX`. */
const limits = { domainStats: 262_144 };

/** What `virDomainGetInfo` tells. */
export interface DomainSummary {
  readonly state: DomainState;
  readonly maxMemoryKiB: number;
  /** What the balloon leaves it. */
  readonly memoryKiB: number;
  readonly cpus: number;
  readonly cpuTimeNs: bigint;
}

export interface DomainStatus {
  readonly state: DomainState;
  /** From the list of that state's reasons: `booted`, `migration`, `crashed`. */
  readonly reason: string;
}

export interface DomainStats {
  readonly domain: DomainRef;
  readonly params: readonly TypedParam[];
}

/** Bytes. */
export interface BlockSummary {
  readonly capacity: number;
  readonly allocation: number;
  readonly physical: number;
}

interface WithFlags {
  readonly domain: DomainRef;
  readonly flags: number;
}

interface DeviceArgs extends WithFlags {
  readonly xml: string;
}

export const domainProcedures = {
  domainLookupByName: procedure("read", ["domainLookupByName", 23], writeString, readDomain),
  domainLookupByUuid: procedure("read", ["domainLookupByUuid", 24], writeUuid, readDomain),
  domainGetInfo: procedure("read", ["domainGetInfo", 16], writeDomain, readSummary),
  domainGetState: procedure("read", ["domainGetState", 212], writeWithFlags, readStatus),
  domainGetXmlDesc: procedure("read", ["domainGetXmlDesc", 14], writeWithFlags, readString),
  domainIsPersistent: procedure("read", ["domainIsPersistent", 151], writeDomain, (input) => input.int() > 0),
  domainGetAutostart: procedure("read", ["domainGetAutostart", 15], writeDomain, (input) => input.int() > 0),
  /** Of the domains given, or of all; `stats` 0: everything there is. */
  connectGetAllDomainStats: procedure(
    "query",
    ["connectGetAllDomainStats", 344],
    (
      out,
      args: { readonly domains: readonly DomainRef[]; readonly stats: number; readonly flags: number },
    ) => {
      out.list(args.domains, domainListLimit, (domain) => writeDomain(out, domain));
      out.uint(args.stats);
      out.uint(args.flags);
    },
    (input): readonly DomainStats[] =>
      input.list(domainListLimit, () => ({
        domain: readDomain(input),
        params: readTypedParams(input, limits.domainStats),
      })),
  ),
  domainGetBlockInfo: procedure(
    "query",
    ["domainGetBlockInfo", 194],
    (out, args: WithFlags & { readonly path: string }) => {
      writeDomain(out, args.domain);
      writeString(out, args.path);
      out.uint(args.flags);
    },
    (input): BlockSummary => {
      const allocation = input.size();
      return { allocation, capacity: input.size(), physical: input.size() };
    },
  ),

  /** Makes and starts a transient domain. */
  domainCreateXml: procedure("act", ["domainCreateXml", 10], writeXml, readDomain),
  /** Makes or replaces a persistent one; does not start it. */
  domainDefineXml: procedure("act", ["domainDefineXml", 350], writeXml, readDomain),
  /** Starts a persistent one. */
  domainCreate: procedure("act", ["domainCreate", 196], writeWithFlags, readDomain),
  domainUndefine: procedure("act", ["domainUndefine", 231], writeWithFlags, done),
  domainSetAutostart: procedure(
    "act",
    ["domainSetAutostart", 29],
    (out, args: { readonly domain: DomainRef; readonly autostart: boolean }) => {
      writeDomain(out, args.domain);
      out.int(args.autostart ? 1 : 0);
    },
    done,
  ),
  domainSuspend: procedure("act", ["domainSuspend", 34], writeDomain, done),
  domainResume: procedure("act", ["domainResume", 28], writeDomain, done),
  /** Asks the guest; it may take its time, or ignore it. */
  domainShutdown: procedure("act", ["domainShutdown", 258], writeWithFlags, done),
  domainReboot: procedure("act", ["domainReboot", 27], writeWithFlags, done),
  /** The reset button. */
  domainReset: procedure("act", ["domainReset", 245], writeWithFlags, done),
  /** Pulls the plug. */
  domainDestroy: procedure("act", ["domainDestroy", 234], writeWithFlags, done),
  domainSetMemory: procedure(
    "act",
    ["domainSetMemory", 204],
    (out, args: WithFlags & { readonly memoryKiB: number }) => {
      writeDomain(out, args.domain);
      out.uhyper(BigInt(args.memoryKiB));
      out.uint(args.flags);
    },
    done,
  ),
  domainSetVcpus: procedure(
    "act",
    ["domainSetVcpus", 199],
    (out, args: WithFlags & { readonly cpus: number }) => {
      writeDomain(out, args.domain);
      out.uint(args.cpus);
      out.uint(args.flags);
    },
    done,
  ),
  domainGetVcpus: procedure("read", ["domainGetVcpus", 200], writeWithFlags, (input) => input.int()),
  domainAttachDevice: procedure("act", ["domainAttachDevice", 160], writeDevice, done),
  /** Asks the guest to let go of it; the event `device-removed` tells that it did. */
  domainDetachDevice: procedure("act", ["domainDetachDevice", 161], writeDevice, done),
  domainUpdateDevice: procedure("act", ["domainUpdateDevice", 174], writeDevice, done),
  /** `metadata` null: removes it. `key` is the prefix that the element gets, `uri` its namespace. */
  domainSetMetadata: procedure(
    "act",
    ["domainSetMetadata", 264],
    (
      out,
      args: WithFlags & {
        readonly type: number;
        readonly metadata: string | null;
        readonly key: string | null;
        readonly uri: string | null;
      },
    ) => {
      writeDomain(out, args.domain);
      out.int(args.type);
      for (const text of [args.metadata, args.key, args.uri]) writeOptionalString(out, text);
      out.uint(args.flags);
    },
    done,
  ),
  domainGetMetadata: procedure(
    "read",
    ["domainGetMetadata", 265],
    (out, args: WithFlags & { readonly type: number; readonly uri: string | null }) => {
      writeDomain(out, args.domain);
      out.int(args.type);
      writeOptionalString(out, args.uri);
      out.uint(args.flags);
    },
    readString,
  ),
} as const;

function writeWithFlags(out: XdrWriter, { domain, flags }: WithFlags): void {
  writeDomain(out, domain);
  out.uint(flags);
}

function writeXml(out: XdrWriter, args: { readonly xml: string; readonly flags: number }): void {
  writeString(out, args.xml);
  out.uint(args.flags);
}

function writeDevice(out: XdrWriter, args: DeviceArgs): void {
  writeDomain(out, args.domain);
  writeString(out, args.xml);
  out.uint(args.flags);
}

/** Characters and shorts take a whole unit. */
function readSummary(input: XdrReader): DomainSummary {
  return {
    state: domainState(input.uint()),
    maxMemoryKiB: input.size(),
    memoryKiB: input.size(),
    cpus: input.uint(),
    cpuTimeNs: input.uhyper(),
  };
}

function readStatus(input: XdrReader): DomainStatus {
  const state = domainState(input.int());
  return { state, reason: stateReason(state, input.int()) };
}
