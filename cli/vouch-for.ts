import { KeelError } from "../reconciler/model/errors.ts";
import type { Context } from "./context.ts";

/**
 * Its VMs start elsewhere: where it is not off, they run twice. So nobody passes here without typing its name.
 *
 * @throws KeelError `not-confirmed`
 */
export async function vouchFor(node: string, context: Context): Promise<void> {
  const answer = await context.ask(`Type ${node} if that machine is off, for certain: `);
  if (answer === node) return;
  throw new KeelError("not-confirmed", { why: `nobody vouched for ${node} by typing its name` });
}
