/** The `:` commands that change something, as the commands of keel that they are; each is asked about first. */

export interface Verb {
  /** What keel is called with, so that it neither asks nor waits: what is under way is on the screens, and can be undone. */
  readonly words: readonly string[];
  /** What has to be typed first; null: a yes is enough. */
  readonly typed: string | null;
}

export interface VerbEntry {
  readonly name: string;
  readonly takes: string;
  readonly help: string;
  readonly argument: "vm" | "node" | "none";
  /** What is shown where nothing stands after it; left out: it needs something. */
  readonly page?: readonly string[];
  /** `names`: of what it is about, at least one; else the first word. Null: it needs something else after it. */
  readonly verb: (names: readonly [string, ...string[]], rest: readonly string[]) => Verb | null;
}

const atOnce = ["--yes", "--no-wait"];

export const verbs: readonly VerbEntry[] = [
  ofVm("start", "start it, release it, or try it again"),
  ofVm("shutdown", "shut it down; it stays off"),
  {
    ...ofVm("poweroff", "cut its power; its name must be typed again"),
    verb: (vms) => ({ words: ["vm", "poweroff", ...vms, ...atOnce], typed: vms.join(" ") }),
  },
  {
    ...ofVm("restart", "shut it down and start it again, once"),
    verb: (vms) => ({ words: ["vm", "restart", ...vms, "--no-wait"], typed: null }),
  },
  ofVm("unmigrate", "bring it home"),
  {
    name: "migrate",
    takes: "[VM [NODE]]",
    help: "move it; without a node its selector chooses",
    argument: "vm",
    verb: (vms, [node]) => ({
      words: ["vm", "migrate", ...vms, ...(node === undefined ? [] : ["--to", node]), ...atOnce],
      typed: null,
    }),
  },
  ofNode("flush", "move every VM away from it"),
  ofNode("ready", "take VMs again, and those whose home it is"),
  ofNode("cordon", "take no VM any more, and keep those that it has"),
  {
    name: "maintenance",
    takes: "on 1h REASON | off",
    help: "nothing is fenced or taken over meanwhile; without a word: how it stands",
    argument: "none",
    page: ["maintenance", "status"],
    verb: ([first], [duration, ...reason]) => {
      if (first === "off" && duration === undefined)
        return { words: ["maintenance", "off", ...atOnce], typed: null };
      if (first !== "on" || duration === undefined || reason.length === 0) return null;
      const words = ["maintenance", "on", "--for", duration, "--reason", reason.join(" "), ...atOnce];
      return { words, typed: null };
    },
  },
  {
    name: "rollback",
    takes: "GENERATION",
    help: "make the files say what they said then, and apply that",
    argument: "none",
    verb: ([generation]) =>
      /^\d+$/.test(generation) ? { words: ["rollback", generation, "--yes"], typed: generation } : null,
  },
];

function ofVm(name: string, help: string): VerbEntry {
  const verb = (vms: readonly string[]): Verb => ({ words: ["vm", name, ...vms, ...atOnce], typed: null });
  return { name, takes: "[VM]", help, argument: "vm", verb };
}

function ofNode(name: string, help: string): VerbEntry {
  const verb = (nodes: readonly string[]): Verb => ({
    words: ["node", name, ...nodes, ...atOnce],
    typed: null,
  });
  return { name, takes: "[NODE]", help, argument: "node", verb };
}

/** As people would type it. */
export function shownWords(words: readonly string[]): string {
  const shown = words.filter((word) => !atOnce.includes(word));
  return ["keel", ...shown.map((word) => (word.includes(" ") ? `'${word}'` : word))].join(" ");
}
