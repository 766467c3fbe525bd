import { objectOf } from "../../reconciler/control/requests.ts";
import type { Request } from "../../reconciler/model/journal.ts";
import { byName, type ObjectId } from "../../reconciler/model/names.ts";
import { unreachable } from "../../reconciler/model/unreachable.ts";
import { formatAge } from "../../tui/view/amounts.ts";
import { shownId } from "../output/object-names.ts";
import { text, titled } from "./cells.ts";
import { listing, type View } from "./listing.ts";

/** Something that was asked for once, and neither used nor taken back yet. */
export interface RequestItem {
  readonly kind: "Request";
  readonly name: string;
  readonly request: Request["kind"];
  readonly object: ObjectId;
  readonly by: string;
  readonly at: number;
  /** Void from then on, whether it is still listed or not. */
  readonly expiresAt: number;
  /** What it allows, in words. */
  readonly allows: string;
  /** The UUID of the VM whose destruction is approved; null: of none that is there, or it is no approval. */
  readonly uuid: string | null;
  /** The disks that go with it. */
  readonly disks: readonly string[];
}

export const requests = listing<RequestItem>({
  word: "request",
  plural: "requests",
  noun: "request",
  rows: ({ state }: View) =>
    [...state.requests.values()].map(requestItem).sort((a, b) => byName(a.name, b.name)),
  columns: ({ now }) => [
    { title: "NAME", cell: (item) => titled(item.name) },
    { title: "OBJECT", cell: (item) => text(shownId(item.object)) },
    { title: "BY", cell: (item) => text(item.by) },
    { title: "AGE", align: "right", cell: (item) => text(formatAge(now - item.at)) },
    {
      title: "EXPIRES",
      align: "right",
      cell: (item) => text(item.expiresAt <= now ? "expired" : `in ${formatAge(item.expiresAt - now)}`),
    },
    { title: "UUID", wide: true, cell: (item) => text(item.uuid) },
    { title: "ALLOWS", cell: (item) => text(item.allows) },
  ],
});

function requestItem(request: Request): RequestItem {
  const { id: name, by, at, expiresAt } = request;
  const [uuid, disks] = request.kind === "destroy" ? [request.uuid, request.disks] : [null, []];
  const object = objectOf(request);
  const allows = whatItAllows(request);
  return { kind: "Request", name, request: request.kind, object, by, at, expiresAt, allows, uuid, disks };
}

function whatItAllows(request: Request): string {
  switch (request.kind) {
    case "destroy":
      return request.disks.length === 0
        ? "destroy the VM, keep its disks"
        : `destroy the VM with ${request.disks.join(", ")}`;
    case "restart":
      return "restart the guest";
    case "retry":
      return "try again what failed";
    case "release":
      return "start a VM that is held";
    case "revert":
      return "set back what was changed by hand";
    case "acknowledge":
      return "take the node in again";
    case "maintenance":
      return "leave lost nodes alone";
    case "confirm-dead":
      return "count the node as dead";
    case "replace":
      return "give the node's name to another machine";
    default:
      return unreachable(request);
  }
}
