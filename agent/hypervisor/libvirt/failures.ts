import { errorCodes, LibvirtError, LinkError } from "../../libvirt/index.ts";
import { HypervisorError, type HypervisorErrorCode } from "../hypervisor.ts";

/** libvirt's answer in the words of the port. What is no failure of libvirt's goes on as it is. */
export function asHypervisorError(error: unknown): unknown {
  if (error instanceof LinkError) return new HypervisorError("unreachable", error.message, { cause: error });
  if (error instanceof LibvirtError) {
    return new HypervisorError(codeOf(error), `libvirt: ${error.message}`, { cause: error });
  }
  return error;
}

export function isNoDomain(error: unknown): boolean {
  return error instanceof LibvirtError && error.code === errorCodes.noDomain;
}

function codeOf({ code, message }: LibvirtError): HypervisorErrorCode {
  switch (code) {
    case errorCodes.noDomain:
      return "no-domain";
    case errorCodes.domainExists:
      return "exists";
    // A second domain of a name or UUID has no code of its own.
    case errorCodes.operationFailed:
      return /already exists|already active/u.test(message) ? "exists" : "refused";
    // Ended between two calls.
    case errorCodes.operationInvalid:
      return /domain is not running/u.test(message) ? "no-domain" : "refused";
    // The daemon is on its way down or up.
    case errorCodes.noConnection:
    case errorCodes.rpc:
      return "unreachable";
    default:
      return "refused";
  }
}
