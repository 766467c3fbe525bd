/** What was asked for once, and neither used nor taken back yet. */
import type { Request } from "../../model/journal.ts";
import type { RequestReport } from "../../model/report.ts";
import { unreachable } from "../../model/unreachable.ts";
import { objectOf } from "../requests.ts";

export function reportRequest(request: Request): RequestReport {
  const { id: name, kind, by, at, expiresAt } = request;
  return { name, request: kind, object: objectOf(request), by, at, expiresAt, allows: whatItAllows(request) };
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
