/** Requests: one-time acts that no file is edited for. */
import { objectOf, type Wish, writeRequest } from "../../reconciler/control/requests.ts";
import { unreachable } from "../../reconciler/model/unreachable.ts";
import { followToRest, type FollowedOptions } from "../carry-out.ts";
import type { Context } from "../context.ts";
import { newestEvent } from "../follow/step-tracker.ts";
import { shownId } from "../output/object-names.ts";

/** Writes them, and follows what comes of them. @throws what following throws */
export async function askFor(
  context: Context,
  wishes: readonly Wish[],
  options: FollowedOptions,
): Promise<void> {
  const [store, { keys }, feed] = await Promise.all([context.store(), context.cluster(), context.feed()]);
  const afterEvent = newestEvent(feed.state);
  const who = { by: context.user, now: context.clock.now() };
  let revision = 0;
  for (const wish of wishes) {
    const written = await writeRequest(store, keys, wish, who);
    revision = Math.max(revision, written.revision);
    context.out(`Asked for: ${inWords(wish)}.`);
  }
  if (!options.follow) {
    context.out("It is used once, within an hour; `keel get requests` lists what was not used yet.");
    return;
  }
  await feed.reached(revision, context.signal);
  const generation = feed.state.applied.head?.generation ?? 0;
  await followToRest(context, { feed, generation, afterEvent }, options, "Done");
}

function inWords(wish: Wish): string {
  const what = shownId(objectOf(wish));
  switch (wish.kind) {
    case "release":
      return `the release of ${what} from its hold`;
    case "retry":
      return `another try with ${what}`;
    case "restart":
      return `a restart of ${what}`;
    case "revert":
      return `setting back what was changed by hand of ${what}`;
    case "destroy":
      return `the destruction of ${what}`;
    case "acknowledge":
      return `taking ${what} in again`;
    case "confirm-dead":
      return `counting ${what} as dead`;
    case "maintenance":
      return `maintenance of ${what}`;
    case "replace":
      return `another machine for ${what}`;
    default:
      return unreachable(wish);
  }
}
