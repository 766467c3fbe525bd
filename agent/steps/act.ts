import { type HypervisorErrorCode, HypervisorError } from "../hypervisor/hypervisor.ts";
import { failed, type Outcome } from "./context.ts";

/** Carries out one call of the hypervisor and returns its error, if it has one; the next look tells what came of it. */
export async function act(call: () => Promise<void>): Promise<HypervisorError | null> {
  try {
    await call();
    return null;
  } catch (error) {
    if (error instanceof HypervisorError) return error;
    throw error;
  }
}

/** How a step ends that could not get past this error. */
export function failureOf(error: HypervisorError): Outcome {
  if (error.code === "volume-missing" || error.code === "unsupported")
    return failed(error.code, error.message);
  return failed("hypervisor-error", error.message);
}

/** Trying again cannot help. */
export function isFinalError(code: HypervisorErrorCode): boolean {
  return code === "volume-missing" || code === "unsupported";
}
