/** Which panels the place on screen is made of; made anew only when what they show changed. */
import type { ClusterReport } from "../reconciler/model/report.ts";
import { unreachable } from "../reconciler/model/unreachable.ts";
import { lastCall } from "./memo.ts";
import { applyPanel } from "./screens/apply.ts";
import { detailPanel } from "./screens/detail.ts";
import { driftPanel } from "./screens/drift.ts";
import { eventsPanel } from "./screens/events.ts";
import { helpPanel } from "./screens/help.ts";
import { nodesPanel } from "./screens/nodes.ts";
import { overviewPanels } from "./screens/overview.ts";
import { pagePanel } from "./screens/page.ts";
import { planPanel } from "./screens/plan.ts";
import { requestsPanel } from "./screens/requests.ts";
import { vmsPanel } from "./screens/vms.ts";
import type { SortKey } from "./sort.ts";
import { placeOf, type Place, type Run, type UiState } from "./state.ts";
import type { Canvas, Panel } from "./view/panel.ts";

export type PanelsOf = (state: UiState, report: ClusterReport | null, canvas: Canvas) => readonly Panel[];

/** The panels of a state. The same state, apart from its cursor, gives the very same panels again. */
export function createPanels(): PanelsOf {
  const list = lastCall(listPanels);
  const page = lastCall((...given: Parameters<typeof pagePanel>) => [pagePanel(...given)]);
  const detail = lastCall((...given: Parameters<typeof detailPanel>) => [detailPanel(...given)]);
  return (state, report, canvas) => {
    const place = placeOf(state);
    if (report === null) return place.screen === "help" ? [helpPanel(canvas)] : [connecting];
    if (place.screen === "page") return page(place.words, place.answer, canvas);
    if (place.screen !== "detail")
      return list(place.screen, place.filter, state.sort, state.run, report, canvas);
    return detail(report, place.object, place.aspect, place.answer, canvas);
  };
}

function listPanels(
  screen: Exclude<Place["screen"], "detail" | "page">,
  filter: string,
  sort: SortKey,
  run: Run | null,
  report: ClusterReport,
  canvas: Canvas,
): readonly Panel[] {
  switch (screen) {
    case "overview":
      return overviewPanels(report, filter, sort, canvas);
    case "nodes":
      return [nodesPanel(report.nodes, filter, sort, canvas)];
    case "vms":
      return [vmsPanel(report.vms, filter, sort, canvas)];
    case "drift":
      return [driftPanel(report, filter, canvas)];
    case "plan":
      return [planPanel(report, filter, canvas)];
    case "events":
      return [eventsPanel(report.events, filter, canvas)];
    case "requests":
      return [requestsPanel(report, filter, canvas)];
    case "apply":
      return [applyPanel(report, run, canvas)];
    case "help":
      return [helpPanel(canvas)];
    default:
      return unreachable(screen);
  }
}

/** Before the first read: nothing is known, and nothing is drawn as if it were. */
const connecting: Panel = {
  title: "CONNECTING",
  aside: [],
  headings: null,
  keys: [],
  scrolls: "text",
  lineAt: () => [],
  empty: ["Waiting for the first read of the cluster. Guests do not notice."],
};
