/** `keel node flush|ready|cordon`: an edit of `state` in the nodes' documents. */
import { acknowledgementOf } from "../../reconciler/control/fence/words.ts";
import type { Wish } from "../../reconciler/control/requests.ts";
import type { Node } from "../../reconciler/model/desired.ts";
import { fencedFor } from "../../reconciler/model/fence.ts";
import { type NodeName, objectId } from "../../reconciler/model/names.ts";
import type { Goal, Look } from "../follow/goal.ts";
import { nodeIsCordoned, nodeIsFlushed, nodeIsReady } from "./goals.ts";
import { namesMeant, shownNames } from "./subjects.ts";
import type { Verb } from "./verb.ts";

/** `written`: names and patterns. */
export function setNodeState(written: readonly string[], state: Node["state"]): Verb {
  return {
    what: `${doing[state]} ${shownNames("Node", written)}`,
    intend: ({ folder }) => {
      const { nodes } = folder.desired;
      const names = namesMeant(written, "Node", new Set(nodes.keys()));
      return {
        edits: names.map((name) => ({
          id: objectId("Node", name),
          patch: nodes.get(name)?.state === state ? {} : { state },
          fields: ["state"],
        })),
        goals: names.map(goals[state]),
        ...(state === "ready" ? { wishes: (look) => acknowledgements(look, names) } : {}),
      };
    },
  };
}

const doing: Readonly<Record<Node["state"], string>> = {
  ready: "Taking in",
  cordoned: "Cordoning",
  flushed: "Flushing",
};

const goals: Readonly<Record<Node["state"], (node: NodeName) => Goal>> = {
  ready: nodeIsReady,
  cordoned: nodeIsCordoned,
  flushed: nodeIsFlushed,
};

/** A node that was fenced takes nothing until somebody says that it may. */
function acknowledgements({ state }: Look, names: readonly NodeName[]): readonly Wish[] {
  return names
    .filter((name) => fencedFor(state.fences.get(name)) !== null)
    .map((name) => acknowledgementOf(state, name));
}
