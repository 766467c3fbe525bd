/**
 * A task as people do it in front of a screen, as a text: what they do, and what they then see.
 *
 * - `# …`: what it is about.
 * - `> …`: keys, one after the other; `<Enter>` and the like by name.
 * - `$ …`: a command of the shell, in the folder beside cluster.d.
 * - `! …`: what is not on the screen, then.
 * - anything else: what is, however many spaces there are; `…` stands for anything within a line.
 */
import { execFileSync } from "node:child_process";
import type { TerminalScreen } from "./terminal-screen.ts";

export type Line =
  | { readonly is: "keys"; readonly keys: readonly Key[] }
  | { readonly is: "shell"; readonly command: string }
  | { readonly is: "seen" | "unseen"; readonly pattern: RegExp };

export type Key = { readonly named: string } | { readonly typed: string };

export function readTranscript(text: string): readonly Line[] {
  return text.split("\n").flatMap((line): readonly Line[] => {
    const rest = line.slice(2);
    if (line === "" || line.startsWith("# ")) return [];
    if (line.startsWith("> ")) return [{ is: "keys", keys: keysIn(rest) }];
    if (line.startsWith("$ ")) return [{ is: "shell", command: rest }];
    if (line.startsWith("! ")) return [{ is: "unseen", pattern: patternOf(rest) }];
    return [{ is: "seen", pattern: patternOf(line) }];
  });
}

/** Does it, line by line. @throws AssertionError with the screen, where something is not seen */
export async function replay(text: string, screen: TerminalScreen, home: string): Promise<void> {
  for (const line of readTranscript(text)) {
    switch (line.is) {
      case "keys":
        // A key of its own each: what comes in one chunk may have been pasted.
        for (const key of line.keys)
          await ("named" in key ? screen.press(key.named) : screen.type(key.typed));
        break;
      case "shell":
        execFileSync("sh", ["-c", line.command], { cwd: home });
        break;
      case "seen":
        await screen.shows(line.pattern);
        break;
      case "unseen":
        await screen.showsWithout(/./u, line.pattern);
        break;
    }
  }
}

function keysIn(text: string): readonly Key[] {
  return [...text.matchAll(/<(?<named>[A-Z][A-Za-z]+)>|(?<typed>[^<]+)/gu)].map(({ groups }): Key => {
    const { named, typed = "" } = groups ?? {};
    return named === undefined ? { typed } : { named };
  });
}

function patternOf(words: string): RegExp {
  const parts = words
    .trim()
    .split(/\s+/u)
    .map((word) => (word === "…" ? ".*" : word.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&")));
  return new RegExp(parts.join(" *"), "u");
}
