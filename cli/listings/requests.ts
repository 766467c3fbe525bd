import { reportRequest } from "../../reconciler/control/report/request-report.ts";
import type { Request } from "../../reconciler/model/journal.ts";
import { byName } from "../../reconciler/model/names.ts";
import type { RequestReport } from "../../reconciler/model/report.ts";
import { formatAge } from "../../tui/view/amounts.ts";
import { shownId } from "../output/object-names.ts";
import { text, titled } from "./cells.ts";
import { listing, type View } from "./listing.ts";

/** Something that was asked for once, and neither used nor taken back yet. */
export interface RequestItem extends RequestReport {
  readonly kind: "Request";
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
  const [uuid, disks] = request.kind === "destroy" ? [request.uuid, request.disks] : [null, []];
  return { kind: "Request", ...reportRequest(request), uuid, disks };
}
