/** A node falls silent, and people edit its document, or how nodes are fenced, at any moment of what comes of it. */
import type { MergePatch } from "../../reconciler/desired/edit/merge-patch.ts";
import { objectId, type ObjectId } from "../../reconciler/model/names.ts";
import type { Author } from "./author.ts";
import { pick } from "./cluster-draft.ts";
import type { JsonMap } from "./script.ts";

type Silence = readonly [what: string, wrong: string, right: string];

/** From its grace to its recovery, and beyond. */
const moments = [2_000, 12_000, 22_000, 27_000, 30_000, 33_000, 45_000, 90_000] as const;

type Edit = readonly [ObjectId, MergePatch | null];

export function loss(author: Author): void {
  const { random } = author;
  const node = pick(random, author.names("Node"));
  const [what, wrong, right] = random.oneOf<Silence>([
    ["power", "off", "on"],
    ["network", "down", "up"],
    ["heartbeat", "pause", "resume"],
  ]);
  author.act({ [what]: { [node]: wrong } });
  author.wait(random.oneOf(moments));
  const edit = editDuring(author, node);
  const before = author.document(edit[0]);
  author.edit(edit);
  const ends = [
    () => author.act({ [what]: { [node]: right } }),
    () => author.edit([edit[0], undoing(edit, before)]),
  ];
  if (random.chance(0.5)) ends.reverse();
  for (const end of ends) {
    author.wait(random.oneOf([1, 500, 5_000, 30_000]));
    // The fault is mended at the end, with all the rest; the edit may stay.
    if (random.chance(0.8)) end();
  }
}

/** Its document goes mostly: that alone takes the node out of the cluster. The last node stays. */
function editDuring(author: Author, node: string): Edit {
  const { random } = author;
  const id = objectId("Node", node);
  if (author.names("Node").length > 1 && random.chance(0.5)) return [id, null];
  return random.oneOf<Edit>([
    [id, { bmc: author.document(id)["bmc"] === undefined ? { agent: "simulated" } : null }],
    [objectId("Cluster", "lab"), { fencing: { lease: random.oneOf(["6s", "15s"]) } }],
    [objectId("Cluster", "lab"), { fencing: { methods: random.oneOf<string[] | null>([[], null]) } }],
  ]);
}

/** What brings the document back to what it was. */
function undoing([, patch]: Edit, before: JsonMap): MergePatch {
  if (patch === null) return before;
  return Object.fromEntries(Object.keys(patch).map((field) => [field, before[field] ?? null]));
}
