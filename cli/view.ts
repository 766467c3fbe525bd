import type { ClusterFeed } from "../reconciler/control/cluster-feed.ts";
import { planOf, reportCluster } from "../reconciler/control/report/cluster-report.ts";
import type { Plan } from "../reconciler/model/plan.ts";
import type { Context } from "./context.ts";
import type { View } from "./listings/listing.ts";
import { glyphsOf } from "./output/signs.ts";

/** Everything at the revision that the feed has reached, as of now. */
export function viewOf(
  feed: ClusterFeed,
  context: Pick<Context, "clock" | "terminal">,
): View & { readonly plan: Plan } {
  const { state } = feed;
  const now = context.clock.now();
  const plan = planOf(state, now);
  return { state, plan, report: reportCluster(state, plan, now), now, glyphs: glyphsOf(context.terminal) };
}
