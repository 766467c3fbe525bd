/** Procedures about the connection and the machine. */
import { DecodeError } from "../errors.ts";
import type { XdrReader } from "../xdr/reader.ts";
import { done, nothing, procedure } from "./procedure.ts";
import {
  type DomainRef,
  domainListLimit,
  readDomain,
  readString,
  writeOptionalString,
  writeString,
} from "./values.ts";

/** `REMOTE_AUTH_TYPE_LIST_MAX`, `REMOTE_CPU_BASELINE_MAX`, `REMOTE_NODE_MEMORY_STATS_MAX` and the like. */
const limits = { authentications: 20, baselineCpus: 256, stats: 16 };

/** `remote_auth_type`. */
export const authentications = { none: 0, sasl: 1, polkit: 2 } as const;

/** `virDrvFeature`: what a server may be asked whether it can. */
export const features = { keepalive: 10 } as const;

export interface NodeSummary {
  /** Of the processor: `x86_64`. */
  readonly model: string;
  readonly memoryKiB: number;
  /** Active ones. */
  readonly cpus: number;
  readonly mhz: number;
  readonly numaNodes: number;
  readonly sockets: number;
  readonly cores: number;
  readonly threads: number;
}

export type NodeStats = readonly { readonly field: string; readonly value: bigint }[];

/** `virCPUCompareResult`: how the host's CPU is, beside the one that was asked about. */
export type CpuComparison = "incompatible" | "identical" | "superset";

/** Null where the host's own choice is meant. */
export interface CpuContext {
  readonly emulator: string | null;
  readonly arch: string | null;
  readonly machine: string | null;
  readonly virtType: string | null;
}

export const connectProcedures = {
  /** Whose turn it is to say who they are; asked first. */
  authList: procedure("read", ["authList", 66], nothing, (input) =>
    input.list(limits.authentications, () => input.int()),
  ),
  /** `uri` as the server knows it: no transport, no host. */
  connectOpen: procedure(
    "read",
    ["connectOpen", 1],
    (out, args: { readonly uri: string | null; readonly flags: number }) => {
      writeOptionalString(out, args.uri);
      out.uint(args.flags);
    },
    done,
  ),
  connectClose: procedure("read", ["connectClose", 2], nothing, done),
  supportsFeature: procedure(
    "read",
    ["supportsFeature", 60],
    (out, feature: number) => out.int(feature),
    (input) => input.int() !== 0,
  ),
  /** Of the hypervisor: major × 1,000,000 + minor × 1,000 + release. */
  connectGetVersion: procedure("read", ["connectGetVersion", 4], nothing, (input) => input.size()),
  /** Of libvirt itself, counted the same way. */
  connectGetLibVersion: procedure("read", ["connectGetLibVersion", 157], nothing, (input) => input.size()),
  connectGetHostname: procedure("read", ["connectGetHostname", 59], nothing, readString),
  connectGetUri: procedure("read", ["connectGetUri", 110], nothing, readString),
  /** XML. */
  connectGetCapabilities: procedure("read", ["connectGetCapabilities", 7], nothing, readString),
  /** XML: what a domain can have, and what is the best CPU that the hypervisor can give it. */
  connectGetDomainCapabilities: procedure(
    "read",
    ["connectGetDomainCapabilities", 342],
    (out, args: CpuContext & { readonly flags: number }) => {
      for (const text of [args.emulator, args.arch, args.machine, args.virtType]) {
        writeOptionalString(out, text);
      }
      out.uint(args.flags);
    },
    readString,
  ),
  nodeGetInfo: procedure("read", ["nodeGetInfo", 6], nothing, readNodeSummary),
  /** Bytes. */
  nodeGetFreeMemory: procedure("read", ["nodeGetFreeMemory", 102], nothing, (input) => input.size()),
  /** KiB: total, free, buffers, cached. `cell` -1: the whole machine. `count`: 4, or 2 of a cell; no other is taken. */
  nodeGetMemoryStats: procedure(
    "read",
    ["nodeGetMemoryStats", 228],
    (out, args: { readonly count: number; readonly cell: number; readonly flags: number }) => {
      out.int(args.count);
      out.int(args.cell);
      out.uint(args.flags);
    },
    readNodeStats,
  ),
  /** Nanoseconds: kernel, user, idle, iowait. `cpu` -1: all. `count`: 4; no other is taken. */
  nodeGetCpuStats: procedure(
    "read",
    ["nodeGetCpuStats", 227],
    (out, args: { readonly cpu: number; readonly count: number; readonly flags: number }) => {
      out.int(args.cpu);
      out.int(args.count);
      out.uint(args.flags);
    },
    readNodeStats,
  ),
  connectListAllDomains: procedure(
    "read",
    ["connectListAllDomains", 273],
    (out, args: { readonly flags: number }) => {
      out.int(1); // The domains themselves, not only their number.
      out.uint(args.flags);
    },
    (input): readonly DomainRef[] => {
      const domains = input.list(domainListLimit, () => readDomain(input));
      input.uint();
      return domains;
    },
  ),
  /** Whether the host can give a guest the CPU that `xml` describes, by what the host itself has. */
  connectCompareCpu: procedure(
    "read",
    ["connectCompareCpu", 158],
    (out, args: { readonly xml: string; readonly flags: number }) => {
      writeString(out, args.xml);
      out.uint(args.flags);
    },
    readComparison,
  ),
  /** The same, by what the hypervisor can give, which is what a guest gets. */
  connectCompareHypervisorCpu: procedure(
    "read",
    ["connectCompareHypervisorCpu", 393],
    (out, args: CpuContext & { readonly xml: string; readonly flags: number }) => {
      for (const text of [args.emulator, args.arch, args.machine, args.virtType]) {
        writeOptionalString(out, text);
      }
      writeString(out, args.xml);
      out.uint(args.flags);
    },
    readComparison,
  ),
  /** The CPU that all of the given ones can stand in for, as XML. */
  connectBaselineCpu: procedure(
    "read",
    ["connectBaselineCpu", 162],
    (out, args: { readonly xmls: readonly string[]; readonly flags: number }) => {
      out.list(args.xmls, limits.baselineCpus, (xml) => writeString(out, xml));
      out.uint(args.flags);
    },
    readString,
  ),
  connectBaselineHypervisorCpu: procedure(
    "read",
    ["connectBaselineHypervisorCpu", 394],
    (out, args: CpuContext & { readonly xmls: readonly string[]; readonly flags: number }) => {
      for (const text of [args.emulator, args.arch, args.machine, args.virtType]) {
        writeOptionalString(out, text);
      }
      out.list(args.xmls, limits.baselineCpus, (xml) => writeString(out, xml));
      out.uint(args.flags);
    },
    readString,
  ),
} as const;

/** `char model[32]` is 32 units on the wire, one for each character. */
function readNodeSummary(input: XdrReader): NodeSummary {
  const letters = Array.from({ length: 32 }, () => input.int());
  const end = letters.indexOf(0);
  const model = String.fromCharCode(...letters.slice(0, end < 0 ? 32 : end).map((letter) => letter & 0xff));
  return {
    model,
    memoryKiB: input.size(),
    cpus: input.int(),
    mhz: input.int(),
    numaNodes: input.int(),
    sockets: input.int(),
    cores: input.int(),
    threads: input.int(),
  };
}

function readNodeStats(input: XdrReader): NodeStats {
  const stats = input.list(limits.stats, () => ({ field: readString(input), value: input.uhyper() }));
  input.int();
  return stats;
}

function readComparison(input: XdrReader): CpuComparison {
  const result = input.int();
  switch (result) {
    case 0:
      return "incompatible";
    case 1:
      return "identical";
    case 2:
      return "superset";
    default:
      throw new DecodeError(`${result} is no result of a comparison`, 0);
  }
}
