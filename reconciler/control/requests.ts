/** One-time acts that are no intent (law 1): who asked for what, until when. The leader uses each up once. */
import type { Request } from "../model/journal.ts";
import { encode } from "../store/codec.ts";
import type { ClusterKeys } from "../store/keys.ts";
import type { Store } from "../store/store.ts";

/** What somebody asks for; who, when and until when is added. */
export type Wish = Request extends infer R
  ? R extends Request
    ? Omit<R, "id" | "by" | "at" | "expiresAt">
    : never
  : never;

/** An approval is given to a plan that was just looked at; it is not good for next week's. */
const goodForMs = 3_600_000;

/** Asking twice for the same thing about the same object is asking once. */
export async function writeRequest(
  store: Store,
  keys: ClusterKeys,
  wish: Wish,
  who: { readonly by: string; readonly now: number },
): Promise<Request> {
  const object = "vm" in wish ? wish.vm : wish.node;
  const request: Request = {
    ...wish,
    id: `${wish.kind}-${object}`,
    by: who.by,
    at: who.now,
    expiresAt: who.now + goodForMs,
  };
  await store.transact({ compare: [], then: [{ put: keys.request(request.id), value: encode(request) }] });
  return request;
}
