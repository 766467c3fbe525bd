/** What the API shows: the listings and reports of the command line, of the cluster that the feed follows. */
import { Counters } from "../../reconciler/api/counters.ts";
import { EventStreams } from "../../reconciler/api/event-streams.ts";
import type { ClusterReads, Listed, Look } from "../../reconciler/api/ports.ts";
import type { ClusterFeed } from "../../reconciler/control/cluster-feed.ts";
import { readHistory } from "../../reconciler/control/history.ts";
import { maintenanceInForce } from "../../reconciler/control/report/maintenance-report.ts";
import { reportStatus } from "../../reconciler/control/report/status-report.ts";
import { whyNode, whyVm } from "../../reconciler/control/why.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { Log } from "../../reconciler/runtime/log.ts";
import type { Context } from "../context.ts";
import { fitsVm } from "../listings/fitting-vms.ts";
import { generationItem } from "../listings/generations.ts";
import { listingNamed } from "../listings/index.ts";
import { viewOf } from "../view.ts";

/** How long one look serves all who ask, while nothing changes: reports speak of the time that has passed. */
const freshMs = 1_000;

export async function clusterReads(context: Context, feed: ClusterFeed, log: Log): Promise<ClusterReads> {
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  const streams = new EventStreams({ feed, store, keys, clock: context.clock, log });
  const counters = new Counters(feed);
  let latest: { readonly look: Look; readonly at: number } | null = null;
  const problem = () => feed.problem?.why ?? (feed.listed ? null : "its records are being read");
  return {
    problem,
    look: () => {
      const why = problem();
      if (why !== null) throw new KeelError("store-unreachable", { endpoints: "its endpoints", why });
      const { revision } = feed.state;
      const at = context.clock.monotonic();
      if (latest === null || latest.look.report.revision !== revision || at - latest.at > freshMs)
        latest = { look: lookAt(context, feed), at };
      return latest.look;
    },
    history: async () => (await readHistory(store, keys)).map(generationItem),
    counts: () => counters.counts(),
    rounds: () => feed.state.rounds,
    follow: (after) => streams.open(after),
    storeBytes: () =>
      context
        .maintenance()
        .then((maintenance) => maintenance.status())
        .then(({ bytes }) => bytes)
        .catch(() => null),
  };
}

/** What is costly is made when it is asked for, once. */
function lookAt(context: Context, feed: ClusterFeed): Look {
  const view = viewOf(feed, context);
  const { state, plan, report, now } = view;
  let status: ReturnType<Look["status"]> | null = null;
  return {
    report,
    inForce: state.applied.revision,
    items: (listed: Listed) => listingNamed(listed).list(view, []).items,
    vms: (filter) => report.vms.filter((vm) => fitsVm(vm, filter)),
    why: (kind, name) => (kind === "VM" ? whyVm(state, plan, name, now) : whyNode(state, plan, name)),
    status: () => (status ??= reportStatus(state, now)),
    maintenance: () => maintenanceInForce(state),
  };
}
