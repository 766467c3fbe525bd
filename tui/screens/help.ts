import { nodeStates, vmStates } from "../../reconciler/model/states.ts";
import { bindings } from "../bindings.ts";
import { commands } from "../commands.ts";
import { joinLines, span, type Line } from "../view/line.ts";
import {
  emptyEntry,
  entry,
  markerCells,
  panelOfEntries,
  type Canvas,
  type Entry,
  type Panel,
} from "../view/panel.ts";
import { nodeTones, vmTones } from "../view/states.ts";
import { wrap } from "../view/text.ts";

/** Keys, commands and signs, from the same tables that the rest is made of. */
export function helpPanel(canvas: Canvas): Panel {
  return panelOfEntries({ title: "HELP", aside: [], scrolls: "text", empty: [] }, [
    title("KEYS"),
    ...bindings
      .filter((binding) => binding.shown !== "")
      .flatMap((binding) => rows(binding.shown, binding.help, canvas)),
    emptyEntry,
    title("COMMANDS"),
    ...commands.flatMap((command) =>
      rows(`:${command.names.join(" :")} ${command.takes}`, command.help, canvas),
    ),
    emptyEntry,
    title("SIGNS"),
    ...signs(
      "VMs",
      vmStates.map((state) => [span(`${canvas.glyphs.vm[state]} ${state}`, vmTones[state])]),
      canvas,
    ),
    ...signs(
      "nodes",
      nodeStates.map((state) => [span(`${canvas.glyphs.node[state]} ${state}`, nodeTones[state])]),
      canvas,
    ),
    ...rows(canvas.glyphs.stale, "stale: as last seen, its agent or the store does not answer", canvas),
    ...rows(canvas.glyphs.away, "away from home; live value that is not the wanted one", canvas),
    ...rows(canvas.glyphs.alert, "needs a person: not defined, blocked, failed", canvas),
  ]);
}

const keyCells = 26;

function title(text: string): Entry {
  return entry(null, [span(text, "title")]);
}

function rows(key: string, help: string, canvas: Canvas): readonly Entry[] {
  return wrap(help, Math.max(20, canvas.cells - markerCells - keyCells)).map((line, index) =>
    entry(null, [span((index === 0 ? key.trimEnd() : "").padEnd(keyCells), "key"), span(line)]),
  );
}

/** Signs side by side, as many in a line as fit. */
function signs(name: string, all: readonly Line[], canvas: Canvas): readonly Entry[] {
  const perLine = Math.max(1, Math.floor((canvas.cells - keyCells) / 16));
  const lines: Entry[] = [];
  for (let index = 0; index < all.length; index += perLine) {
    const line = joinLines(all.slice(index, index + perLine).map(padded), span(" "));
    lines.push(entry(null, [span((index === 0 ? name : "").padEnd(keyCells), "key"), ...line]));
  }
  return lines;
}

function padded(line: Line): Line {
  return line.map((part) => ({ ...part, text: part.text.padEnd(14) }));
}
