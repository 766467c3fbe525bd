/** Domain events: how they are asked for, and what comes. */
import type { XdrReader } from "../xdr/reader.ts";
import { done, procedure } from "./procedure.ts";
import { readTypedParams, type TypedParam } from "./typed-params.ts";
import { type DomainRef, readDomain, readOptionalString, readString, writeDomain } from "./values.ts";

/** `REMOTE_DOMAIN_JOB_STATS_MAX`. */
const jobStatsLimit = 64;

interface Of<Kind extends string> {
  readonly kind: Kind;
  readonly domain: DomainRef;
}

export interface LifecycleEvent extends Of<"lifecycle"> {
  /** `virDomainEventType`: `started`, `stopped`; `unknown` where this client knows no such number. */
  readonly event: string;
  /** Of that event: `booted`, `migrated`, `crashed`. */
  readonly detail: string;
}

export type DomainEvent =
  | LifecycleEvent
  | Of<"reboot">
  | (Of<"balloon-change"> & { readonly memoryKiB: number })
  | (Of<"io-error"> & { readonly path: string; readonly alias: string; readonly reason: string })
  | (Of<"device-added" | "device-removed" | "device-removal-failed"> & { readonly alias: string })
  | (Of<"migration-iteration"> & { readonly iteration: number })
  | (Of<"job-completed"> & { readonly params: readonly TypedParam[] })
  | (Of<"metadata-change"> & { readonly uri: string | null });

export type EventKind = DomainEvent["kind"];

/** The events of `virDomainEventType`, with their details, both by number. */
const lifecycle: readonly (readonly [event: string, details: readonly string[]])[] = [
  ["defined", ["added", "updated", "renamed", "from-snapshot"]],
  ["undefined", ["removed", "renamed"]],
  ["started", ["booted", "migrated", "restored", "from-snapshot", "wakeup"]],
  [
    "suspended",
    [
      "paused",
      "migrated",
      "io-error",
      "watchdog",
      "restored",
      "from-snapshot",
      "api-error",
      "postcopy",
      "postcopy-failed",
    ],
  ],
  ["resumed", ["unpaused", "migrated", "from-snapshot", "postcopy", "postcopy-failed"]],
  ["stopped", ["shutdown", "destroyed", "crashed", "migrated", "saved", "failed", "from-snapshot"]],
  ["shutdown", ["finished", "guest", "host"]],
  ["pm-suspended", ["memory", "disk"]],
  ["crashed", ["panicked", "crash-loaded"]],
];

interface EventSource {
  /** `virDomainEventID`: what is asked for. */
  readonly id: number;
  /** The procedure number that it comes with. */
  readonly procedure: number;
  readonly decode: (input: XdrReader) => DomainEvent;
}

/** Each message begins with the number of the registration, which tells nothing that the kind does not. */
const sources: Readonly<Record<EventKind, EventSource>> = {
  "lifecycle": source(0, 318, (input, domain) => {
    const [event, details] = lifecycle[input.int()] ?? ["unknown", []];
    return { kind: "lifecycle", domain, event, detail: details[input.int()] ?? "unknown" };
  }),
  "reboot": source(1, 319, (_input, domain) => ({ kind: "reboot", domain })),
  "io-error": source(6, 324, (input, domain) => {
    const path = readString(input);
    const alias = readString(input);
    input.int();
    return { kind: "io-error", domain, path, alias, reason: readString(input) };
  }),
  "balloon-change": source(13, 331, (input, domain) => ({
    kind: "balloon-change",
    domain,
    memoryKiB: input.size(),
  })),
  "device-removed": source(15, 333, (input, domain) => ({
    kind: "device-removed",
    domain,
    alias: readString(input),
  })),
  "device-added": source(19, 354, (input, domain) => ({
    kind: "device-added",
    domain,
    alias: readString(input),
  })),
  "migration-iteration": source(20, 359, (input, domain) => ({
    kind: "migration-iteration",
    domain,
    iteration: input.int(),
  })),
  "job-completed": source(21, 363, (input, domain) => ({
    kind: "job-completed",
    domain,
    params: readTypedParams(input, jobStatsLimit),
  })),
  "device-removal-failed": source(22, 367, (input, domain) => ({
    kind: "device-removal-failed",
    domain,
    alias: readString(input),
  })),
  "metadata-change": source(23, 379, (input, domain) => {
    input.int();
    return { kind: "metadata-change", domain, uri: readOptionalString(input) };
  }),
};

const byProcedure = new Map(Object.values(sources).map((one) => [one.procedure, one]));

export const eventKinds: readonly EventKind[] = [
  "lifecycle",
  "reboot",
  "io-error",
  "balloon-change",
  "device-removed",
  "device-added",
  "migration-iteration",
  "job-completed",
  "device-removal-failed",
  "metadata-change",
];

/** Null: none of the events that this client knows. */
export function decodeEvent(procedureNumber: number, input: XdrReader): DomainEvent | null {
  const known = byProcedure.get(procedureNumber);
  if (known === undefined) return null;
  const event = known.decode(input);
  input.end();
  return event;
}

export const eventProcedures = {
  /** Answers with the number of the registration. Of one domain, or of all: null. */
  domainEventRegister: procedure(
    "read",
    ["domainEventRegister", 316],
    (out, args: { readonly kind: EventKind; readonly domain: DomainRef | null }) => {
      out.int(sources[args.kind].id);
      out.optional(args.domain, (domain) => writeDomain(out, domain));
    },
    (input) => input.int(),
  ),
  domainEventDeregister: procedure(
    "read",
    ["domainEventDeregister", 317],
    (out, registration: number) => out.int(registration),
    done,
  ),
} as const;

function source(
  id: number,
  procedureNumber: number,
  decode: (input: XdrReader, domain: DomainRef) => DomainEvent,
): EventSource {
  return {
    id,
    procedure: procedureNumber,
    decode: (input) => {
      input.int();
      return decode(input, readDomain(input));
    },
  };
}
