/** What a command says that changes nothing, on a screen of its own. */
import { type Answer, answerLines } from "../view/answer.ts";
import { entry, panelOfEntries, type Canvas, type Panel } from "../view/panel.ts";

export function pagePanel(words: readonly string[], answer: Answer, canvas: Canvas): Panel {
  return panelOfEntries(
    { title: words.join(" ").toUpperCase(), aside: [], scrolls: "text", empty: ["It has nothing to say."] },
    answerLines(answer, canvas).map((line) => entry(null, line)),
  );
}
