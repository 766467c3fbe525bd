/** What is done with nodes: `keel node flush|ready|cordon`, and what a person vouches for of a machine. */
import type { Node } from "../../model/desired.ts";
import { KeelError } from "../../model/errors.ts";
import type { Actions, Vouched } from "../ports.ts";
import type { Route } from "../route.ts";
import { name, oneOf } from "../schema/shapes.ts";
import { editRoute, wordRoute } from "./change.ts";

const nodeName = { node: name("The node's name.", ["hv1"]) };

const states = {
  flush: "flushed",
  ready: "ready",
  cordon: "cordoned",
} as const satisfies Readonly<Record<string, Node["state"]>>;

export function nodeChangeRoutes(actions: Actions): readonly Route[] {
  return [
    editRoute(actions, {
      path: "/api/v1/node/{node}/state",
      id: "setNodeState",
      tag: "node",
      summary: "Flush a node, take it in again, or cordon it.",
      description: "`ready` of a node that was fenced also acknowledges its return.",
      params: nodeName,
      fields: { state: oneOf(["flush", "ready", "cordon"]) },
      edit: ({ node }, { state }) => ({ act: "node-state", node, state: states[state] }),
    }),
    vouchRoute(actions, "confirm-dead", {
      id: "confirmDead",
      summary: "Say that a lost node is off, for certain: its VMs start elsewhere.",
      description:
        "Proof where no power device gives it: who is wrong makes VMs run twice. Refused while the node is alive; good for ten minutes, and void once it shows life.",
    }),
    vouchRoute(actions, "replace", {
      id: "replaceNode",
      summary:
        "Give the name of a node that is proven dead to another machine; the former one may not return.",
    }),
  ];
}

function vouchRoute(
  actions: Actions,
  word: Vouched,
  head: { readonly id: string; readonly summary: string; readonly description?: string },
): Route {
  return wordRoute({
    ...head,
    path: `/api/v1/node/{node}/${word}`,
    tag: "node",
    params: nodeName,
    fields: { confirm: name("The node's name once more: that machine is off, for certain.", ["hv1"]) },
    done: "It is noted.",
    ask: ({ node }, { confirm }, call) => {
      if (confirm === node) return actions.vouch(word, node, call);
      throw new KeelError("request-invalid", { problem: `\`confirm\` names another node than ${node}.` });
    },
  });
}
