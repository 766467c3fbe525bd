/** In what a domain of ours differs from what it was last given, as the port tells it. */
import type { HardwareField } from "../../../reconciler/model/hardware.ts";
import type { DomainStatus } from "../../libvirt/index.ts";
import { firstDifference } from "../hardware-fields.ts";
import type { Difference } from "../hypervisor.ts";
import type { HeardChanges } from "./heard-changes.ts";
import type { DomainDrift } from "./xml/domain-drift.ts";
import type { DomainReading } from "./xml/read-domain-xml.ts";

export interface Examined {
  readonly reading: Extract<DomainReading, { readonly kind: "ours" }>;
  readonly status: DomainStatus;
  /** A copy that came in carries its mark until it has run: till then it is paused by us. */
  readonly incoming: boolean;
  /** libvirt keeps a definition of it besides, and whether it starts that by itself when it starts. */
  readonly definition: "none" | "kept" | "autostart";
}

/** @param drift in what its XML differs; null: it does not say any more what it was made from */
export function differencesOf(
  examined: Examined,
  drift: readonly DomainDrift[] | null,
  heard: HeardChanges,
): readonly Difference[] {
  const { reading } = examined;
  const found = [...whole(examined), ...(drift ?? [unreadable])];
  return found.map((one) => {
    const field = fieldOf(one.path);
    const isSeen = field !== null && firstDifference(reading.live, reading.applied, [field]) !== null;
    return { ...one, field: isSeen ? field : null, heardAt: heard.at(reading.uuid, one.path) };
  });
}

const byHand = { takes: "next-restart", by: "hand" } as const;
const unreadable = { path: "metadata", wanted: "what it was made from", live: null, ...byHand } as const;

/** What its XML does not say. */
function whole({ status, incoming, definition }: Examined): readonly DomainDrift[] {
  const found: DomainDrift[] = [];
  const pause = pauses[status.reason];
  if (status.state === "paused" && !incoming && pause !== undefined) {
    found.push({ path: "state", wanted: "running", live: pause, ...byHand });
  }
  if (definition !== "none") {
    const live = definition === "kept" ? "kept by libvirt" : "kept by libvirt, which starts it at each boot";
    found.push({ path: "definition", wanted: null, live, ...byHand });
  }
  return found;
}

/** Pauses that are none of a migration's, by libvirt's reason. */
const pauses: Readonly<Record<string, string>> = {
  "user": "paused by hand",
  "io-error": "paused by an error of its disk",
  "watchdog": "paused by its watchdog",
  "save": "paused to be saved",
  "snapshot": "paused for a snapshot",
};

/** The field that a path is the whole value of. */
function fieldOf(path: string): HardwareField | null {
  if (path === "currentMemory") return "memory";
  if (path === "vcpu@current") return "cpus";
  if (/^disk\[[^\]]*\](?:$|@type|\/source)/u.test(path)) return "disks";
  return /^interface\[[^\]]*\](?:$|@type|\/source)/u.test(path) ? "nics" : null;
}
