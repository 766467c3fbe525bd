/** What a simulation came to, for people: what happened, where everything is, and what is not as it should be. */
import type { LogEntry } from "../../simulator/scenario/log.ts";
import type { FinalNode, FinalVm, Outcome } from "../../simulator/scenario/outcome.ts";
import { unreachable } from "../../reconciler/model/unreachable.ts";
import { type Line, span } from "../../tui/view/line.ts";
import { firstFew } from "./first-few.ts";
import { tableOf } from "./table.ts";

const blank: Line = [];

export function outcomeLines(outcome: Outcome): readonly Line[] {
  return [
    ...outcome.log.map(logLine),
    blank,
    ...vmTable(Object.entries(outcome.final.vms)),
    blank,
    ...nodeTable(Object.entries(outcome.final.nodes)),
    blank,
    ...outcome.violations.map(({ at, law, text }): Line => [span(`BROKEN ${law} at ${at}s: ${text}`, "bad")]),
    ...outcome.unmet.map((text): Line => [span(`NOT MET ${text}`, "bad")]),
    verdict(outcome),
  ];
}

function verdict({ ok, settledAt, violations, unmet }: Outcome): Line {
  const when = settledAt === null ? "not settled" : `settled at ${settledAt}s`;
  if (ok) return [span("ok", "ok"), span(`: ${when}, no law broken, everything as expected`, "plain")];
  return [span(`${when}, ${violations.length} laws broken, ${unmet.length} expectations not met`, "bad")];
}

function logLine(entry: LogEntry): Line {
  return [span(`${entry.at.toFixed(2).padStart(9)}s  `, "muted"), span(words(entry), toneOf(entry))];
}

function toneOf({ kind }: LogEntry): "warn" | "plain" {
  return kind === "refused" ? "warn" : "plain";
}

function words(entry: LogEntry): string {
  switch (entry.kind) {
    case "start":
      return `${entry.vm} starts on ${entry.node}`;
    case "stop":
      return `${entry.vm} ends on ${entry.node} (${entry.method})`;
    case "migrate-begin":
      return `${entry.vm} begins to move from ${entry.node} to ${entry.to}`;
    case "migrate-end":
      return entry.result === "ok"
        ? `${entry.vm} has moved from ${entry.node} to ${entry.to}`
        : `${entry.vm} did not move from ${entry.node} to ${entry.to}: ${entry.result}`;
    case "power":
      return `the power controller of ${entry.node} was asked for ${entry.command}: ${entry.answer}`;
    case "fence":
      return `fencing of ${entry.node}: ${entry.phase}`;
    case "edit":
      return `edit of ${firstFew(entry.objects)}`;
    case "refused":
      return `refused: ${entry.what}: ${entry.why}`;
    case "request":
      return `request: ${entry.request} ${entry.vm ?? entry.node ?? ""}`;
    case "leader":
      return entry.id === null ? "nobody leads" : `${entry.id} leads`;
    case "home":
      return entry.node === null ? `${entry.vm} has no home` : `the home of ${entry.vm} is ${entry.node}`;
    default:
      return unreachable(entry);
  }
}

function vmTable(vms: readonly (readonly [string, FinalVm])[]): readonly Line[] {
  return tableOf(
    [
      { title: "VM", cell: ([name]) => [span(name, "plain")] },
      { title: "STATE", cell: ([, vm]) => [span(vm.state, "plain")] },
      { title: "NODE", cell: ([, vm]) => [span(vm.node ?? "", "plain")] },
      { title: "HOME", cell: ([, vm]) => [span(vm.home ?? "", "plain")] },
      { title: "DISPLACED", cell: ([, vm]) => [span(vm.displaced ?? "", "plain")] },
      { title: "REASON", cell: ([, vm]) => [span(vm.reason.text, "muted")] },
    ],
    vms,
  );
}

function nodeTable(nodes: readonly (readonly [string, FinalNode])[]): readonly Line[] {
  return tableOf(
    [
      { title: "NODE", cell: ([name]) => [span(name, "plain")] },
      { title: "STATE", cell: ([, node]) => [span(node.state, "plain")] },
      { title: "VMS", cell: ([, node]) => [span(firstFew(node.vms), "plain")] },
      { title: "REASON", cell: ([, node]) => [span(node.reason.text, "muted")] },
    ],
    nodes,
  );
}
