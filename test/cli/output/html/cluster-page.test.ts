import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { clusterPage } from "../../../../cli/output/html/cluster-page.ts";
import { dark, light } from "../../../../cli/output/html/style.ts";
import type { ClusterReport } from "../../../../reconciler/model/report.ts";
import { repositoryRoot } from "../../../support/root.ts";
import { busyCluster } from "../../../tui/busy-cluster.ts";
import {
  changeReport,
  clusterReport,
  eventReport,
  nodeReport,
  now,
  planReport,
  reasonReport,
  sourceReport,
  vmReport,
} from "../../../tui/fixture.ts";

describe("the page of a cluster", () => {
  it("shows a busy cluster", () => {
    const path = join(repositoryRoot, "test/golden/cli/report.html");
    const page = `${clusterPage(busyCluster, now)}\n`;
    if (process.env["KEEL_UPDATE_GOLDEN"] === "1") {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, page);
      return;
    }
    assert.equal(page, readFileSync(path, "utf8"));
  });

  it("says so where there is nothing to show", () => {
    const empty = clusterPage(
      clusterReport({ generation: 0, leader: null, nodes: [], vms: [], source: null }),
      now,
    );
    for (const words of [
      "nothing applied yet",
      "Nobody leads",
      "There is no node",
      "There is no VM",
      "Nothing is blocked",
      "Nothing was changed outside keel",
      "No folder is watched",
      "Nothing happened yet",
    ])
      assert.ok(empty.includes(words), words);
  });

  it("takes nothing from elsewhere, and runs nothing", () => {
    const page = clusterPage(busyCluster, now);
    assert.doesNotMatch(page, /<(?:script|link|img|iframe|object|embed)\b|url\(|@import|https?:|\bon\w+=/);
    assert.match(page, /content="default-src 'none'; style-src 'unsafe-inline'"/);
  });

  it("lets no name, reason or file out of its place", () => {
    const page = clusterPage(hostileCluster(), now);
    assert.doesNotMatch(page, /<(?:script|img|b)\b/);
    assert.doesNotMatch(page, /"[^"<>]*" on\w+=/);
    assert.ok(page.includes("&lt;script&gt;&#39;&amp;&quot; onload="));
    assert.doesNotMatch(page, /[\u0000-\u0009\u000B-\u001F\u202E]/);
    assert.deepEqual(tagsOf(page), tagsOf(clusterPage(hostileCluster("web1"), now)));
  });

  it("is well-formed, whatever stands in it", () => {
    for (const report of [busyCluster, hostileCluster(), clusterReport()]) {
      const body = /<body>[^]*<\/body>/.exec(clusterPage(report, now))?.[0] ?? "";
      assert.notEqual(body, "");
      assert.deepEqual(unclosedIn(body), []);
    }
  });

  it("stays small with 10,000 VMs, and says how many it leaves out", () => {
    const vms = Array.from({ length: 10_000 }, (_, index) =>
      vmReport(`vm${String(index)}`, {
        node: `hv${String(index % 200)}`,
        ...(index === 9999 ? { state: "failed" as const } : {}),
      }),
    );
    const nodes = Array.from({ length: 200 }, (_, index) => nodeReport(`hv${String(index)}`));
    const changes = vms.map(({ name }) => changeReport(`VM/${name}`));
    const blocked = vms.map(({ name }) => ({
      object: `VM/${name}` as const,
      reason: reasonReport("no-target", "no node can take it"),
      source: null,
    }));
    const page = clusterPage(
      clusterReport({ nodes, vms, blocked, source: sourceReport(planReport(changes)) }),
      now,
    );
    assert.ok(page.length < 3_000_000, String(page.length));
    for (const words of ["… and 72 more", "… and 2 more", "… and 9,000 more", "… and 9,800 more"])
      assert.ok(page.includes(words), words);
    assert.match(page, /<tbody>\n<tr><th scope="row">vm9999</);
  });

  it("can be read in light and dark: 4.5 to 1, as WCAG 2 AA asks for", () => {
    for (const { page, card, line: _line, ...inks } of [light, dark])
      for (const [name, ink] of Object.entries(inks))
        for (const ground of [page, card])
          assert.ok(contrast(ink, ground) >= 4.5, `${name} ${ink} on ${ground}`);
  });
});

const attack = `</title></style><script>'&" onload="x()"<b>\u202E\u001B[31m`;

function hostileCluster(text = attack): ClusterReport {
  const reason = reasonReport("no-target", text, text);
  const source = { file: text, line: 1 };
  return clusterReport({
    cluster: text,
    leader: text,
    appliedBy: text,
    maintenance: { on: true, reason: text, until: null, doubt: true, ending: false },
    frozen: { why: text, by: text },
    nodes: [
      nodeReport(text, {
        state: "flushing",
        vms: [text],
        reason,
        flush: { done: 0, total: 1, remainingMs: null, blockers: [{ vm: text, reason }] },
      }),
    ],
    vms: [
      vmReport(text, { node: text, home: "hv2", limits: [text], reason, source }),
      vmReport("held", { node: null, held: { by: "flush", node: text, since: now } }),
    ],
    blocked: [{ object: `VM/${text}`, reason, source }],
    drift: [
      {
        kind: "drift",
        object: `VM/${text}`,
        node: text,
        field: text,
        place: text,
        wanted: text,
        live: text,
        effect: "live",
        since: now,
        noticed: "reading",
        text,
      },
    ],
    source: sourceReport(
      planReport(
        [
          changeReport(`VM/${text}`, {
            target: text,
            fields: [{ path: text, old: text, new: text, effect: "live" }],
            reason,
            source,
          }),
        ],
        {
          warnings: [text],
          undo: {
            base: 1,
            head: 2,
            by: text,
            objects: [{ object: `VM/${text}`, change: "edit", fields: [text], conflict: true }],
          },
        },
      ),
      { directory: text, problems: [text] },
    ),
    events: [eventReport(`VM/${text}`, { text })],
  });
}

/** The tags alone, with their attributes' names. */
function tagsOf(page: string): readonly string[] {
  return Array.from(page.matchAll(/<[^>]*>/g), ([tag]) => tag.replaceAll(/="[^"]*"/g, ""));
}

/** Tags that are not closed in their order. */
function unclosedIn(body: string): readonly string[] {
  const open: string[] = [];
  const problems: string[] = [];
  for (const [tag, end = "", name = ""] of body.matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
    if (name === "br" || tag.endsWith("/>")) continue;
    if (end === "") open.push(name);
    else if (open.pop() !== name) problems.push(tag);
  }
  return [...problems, ...open];
}

/** As WCAG 2 computes it, from 1 to 21. */
function contrast(a: string, b: string): number {
  const [light = 1, dark = 1] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
