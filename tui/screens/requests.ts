/** What waits for somebody's word, and what somebody said that was not used yet. */
import type { ClusterReport, RequestReport } from "../../reconciler/model/report.ts";
import { matches, parseFilter } from "../filter.ts";
import { formatAge } from "../view/amounts.ts";
import { objectCellsOf } from "../view/change-entries.ts";
import { span, type Line } from "../view/line.ts";
import { panelOfEntries, sectionOf, type Canvas, type Entry, type Panel } from "../view/panel.ts";
import { allBlocked } from "../view/plan-summary.ts";
import { fit } from "../view/text.ts";

export function requestsPanel(report: ClusterReport, filter: string, canvas: Canvas): Panel {
  const wanted = parseFilter(filter);
  const approvals = allBlocked(report)
    .filter(({ reason }) => reason.code === "approval-needed")
    .filter(({ object, reason }) => matches(wanted, `${object} ${reason.text}`));
  const asked = report.requests.filter((each) => matches(wanted, `${each.name} ${each.by} ${each.allows}`));
  const cells = objectCellsOf([...approvals, ...asked]);
  const { ellipsis, alert, dot } = canvas.glyphs;
  const waiting = approvals.map(({ object, reason }): Entry => ({
    key: `${object}#approval`,
    line: () => [span(`${alert} ${fit(object, cells, ellipsis)}  `, "bad"), span(reason.text)],
  }));
  const said = asked.map((request): Entry => ({
    key: `${request.object}#${request.name}`,
    line: (now) => [
      span(`${dot} ${fit(request.object, cells, ellipsis)}  `, "title"),
      span(`${request.allows}  `),
      ...whenLine(request, now),
    ],
  }));
  return panelOfEntries(
    {
      title: filter === "" ? "REQUESTS" : `REQUESTS  /${filter}`,
      aside: approvals.length === 0 ? [] : [span(`${String(approvals.length)} to approve`, "bad")],
      scrolls: "list",
      empty: ["Nothing waits for an approval, and nothing is asked for that was not used yet."],
    },
    [
      ...sectionOf("WAITS FOR AN APPROVAL", "A approves it, once :rw allows that", waiting),
      ...sectionOf("ASKED FOR", "used once, or void when its time is over", said),
    ],
  );
}

function whenLine({ by, at, expiresAt }: RequestReport, now: number): Line {
  const left = expiresAt <= now ? "expired" : `${formatAge(expiresAt - now)} left`;
  return [span(`${by}, ${formatAge(now - at)} ago; ${left}`, "muted")];
}
