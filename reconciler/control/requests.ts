/** One-time acts that are no intent: who asked for what, until when. The leader uses each up once. */
import type { Vm } from "../model/desired.ts";
import { fencedFor } from "../model/fence.ts";
import type { Identity, Request } from "../model/journal.ts";
import { type ObjectId, objectId } from "../model/names.ts";
import { formatTime } from "../desired/times.ts";
import { claimKey } from "../plan/usable.ts";
import { withKeptVolumes } from "../plan/vm-facts.ts";
import { decode, encode } from "../store/codec.ts";
import type { ClusterKeys } from "../store/keys.ts";
import type { Revision, Store } from "../store/store.ts";
import type { ClusterState, StoredRequest } from "./cluster-state.ts";
import type { Decision, Writer } from "./transactions.ts";

/** What somebody asks for. Who, when and until when is added, and which VM of that name is meant. */
export type Wish = Request extends infer R
  ? R extends Request
    ? Omit<R, "id" | "by" | "at" | "expiresAt" | "uuid">
    : never
  : never;

/** The wish to destroy a VM and these of its disks, each with the volume or file that the plan names. */
export function destructionOf(vm: Vm, identity: Identity | null, disks: readonly string[]): Wish {
  const named = withKeptVolumes(vm, identity).disks.filter((disk) => disks.includes(disk.name));
  const images = Object.fromEntries(named.map((disk) => [disk.name, claimKey(disk)]));
  return { kind: "destroy", vm: vm.name, disks, images };
}

/** An approval is given to a plan that was just looked at; it is not good for next week's. */
const goodForMs = 3_600_000;
/** A word about a machine is good for as long as one stands beside it. */
const confirmedForMs = 600_000;

/** Asking twice for the same thing about the same object is asking once. `revision`: the store's, once it was asked. */
export async function writeRequest(
  store: Store,
  keys: ClusterKeys,
  wish: Wish,
  who: { readonly by: string; readonly now: number; readonly forMs?: number },
): Promise<{ readonly request: Request; readonly revision: Revision }> {
  const id = requestId(wish.kind, "vm" in wish ? wish.vm : (wish.node ?? ""));
  const lastsMs = who.forMs ?? (wish.kind === "confirm-dead" ? confirmedForMs : goodForMs);
  const common = { id, by: who.by, at: who.now, expiresAt: who.now + lastsMs };
  const request: Request =
    wish.kind === "destroy"
      ? { ...wish, ...common, uuid: await uuidOf(store, keys, wish.vm) }
      : { ...wish, ...common };
  const put = { put: keys.request(id), value: encode(request) };
  const { revision } = await store.transact({ compare: [], then: [put] });
  return { request, revision };
}

export function requestId(kind: Request["kind"], object: string): string {
  return object === "" ? kind : `${kind}-${object}`;
}

/** What it is about. */
export function objectOf(request: Request | Wish): ObjectId {
  if ("vm" in request) return objectId("VM", request.vm);
  if (request.kind === "maintenance" && request.node === null) return objectId("Cluster", request.cluster);
  return objectId("Node", request.node ?? "");
}

async function uuidOf(store: Store, keys: ClusterKeys, vm: string): Promise<string | null> {
  const item = await store.get(keys.identity(vm));
  return item === null ? null : decode<Identity>(item).uuid;
}

/** Takes it back. False: it was used, taken back or given anew meanwhile. */
export async function withdrawRequest(
  store: Store,
  keys: ClusterKeys,
  { id, revision }: StoredRequest,
): Promise<boolean> {
  const key = keys.request(id);
  const { ok } = await store.transact({
    compare: [{ key, modRevision: revision }],
    then: [{ delete: key }],
  });
  return ok;
}

/** Of one turn; the next one goes on. */
const droppedMax = 50;

/** Takes away what nobody may use any more, and says so; maintenance ends by its own rules. */
export function dropVoid(writer: Writer, state: ClusterState): readonly Decision[] {
  const dropped = [...state.requests.values()].filter(isUsedOnce).flatMap((request) => {
    const why = whyVoid(request, state, writer.now);
    return why === null ? [] : [{ request, why }];
  });
  return dropped.slice(0, droppedMax).map(({ request, why }) => drop(writer, request, why));
}

function drop(writer: Writer, request: StoredRequest, why: Void): Decision {
  const key = writer.keys.request(request.id);
  const asked = `what ${request.by} asked for at ${formatTime(request.at)}`;
  const event = writer.events.put({
    object: objectOf(request),
    level: "note",
    code: why.code,
    text: `${asked} ${why.text}: ${request.kind}`,
  });
  return {
    about: "vm" in request ? request.vm : (request.node ?? request.id),
    transaction: {
      compare: [...writer.guard, { key, modRevision: request.revision }],
      then: [{ delete: key }, event],
    },
  };
}

interface Void {
  readonly code: string;
  readonly text: string;
}

/**
 * An approval is given to a plan, before that is applied or after; what was applied since and does not destroy the VM is
 * a change of mind, and the next plan that does needs another one. A node is taken in after the very proof that somebody
 * looked at, and once.
 */
function whyVoid(request: StoredRequest, state: ClusterState, now: number): Void | null {
  const { applied, desired, fences } = state;
  if (request.expiresAt <= now) return { code: "request-expired", text: "was not used in time" };
  if (request.kind === "acknowledge" && request.incident !== fencedFor(fences.get(request.node))) {
    return {
      code: "request-void",
      text: `is void, as ${request.node} is no longer fenced for what it was then`,
    };
  }
  if (request.kind !== "destroy" || request.revision > applied.revision) return null;
  const wanted = desired.vms.get(request.vm)?.state ?? "orphaned";
  if (wanted === "absent") return null;
  return { code: "request-void", text: `is void, as ${request.vm} is wanted ${wanted}` };
}

/** When the next of them expires; null: there is none. */
export function nextExpiry(requests: ReadonlyMap<string, StoredRequest>): number | null {
  const ends = [...requests.values()].filter(isUsedOnce).map(({ expiresAt }) => expiresAt);
  return ends.length === 0 ? null : Math.min(...ends);
}

/** Maintenance is no act: it lasts. */
function isUsedOnce({ kind }: StoredRequest): boolean {
  return kind !== "maintenance";
}
