/** What is done with nodes: `keel node flush|ready|cordon`. */
import Type from "typebox";
import type { Node } from "../../model/desired.ts";
import type { Actions } from "../ports.ts";
import { type Route, route } from "../route.ts";
import { name, oneOf } from "../schema/shapes.ts";
import { callOf, changed, changedAnswer, dryRun, editErrors } from "./change.ts";

const states = {
  flush: "flushed",
  ready: "ready",
  cordon: "cordoned",
} as const satisfies Readonly<Record<string, Node["state"]>>;
const words = ["flush", "ready", "cordon"] as const;

export function nodeChangeRoutes(actions: Actions): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/api/v1/node/{node}/state",
      id: "setNodeState",
      tag: "node",
      summary: "Flush a node, take it in again, or cordon it.",
      description: "`ready` of a node that was fenced also acknowledges its return.",
      role: "operator",
      params: { node: name("The node's name.", ["hv1"]) },
      query: dryRun,
      body: Type.Object(
        { state: Type.Unsafe<(typeof words)[number]>(oneOf(words)) },
        { additionalProperties: false },
      ),
      answers: { 200: changedAnswer },
      errors: editErrors,
      handle: async ({ params: { node }, query, body, ...rest }) => {
        const state = states[body.state];
        return changed(await actions.edit({ act: "node-state", node, state }, callOf(rest, query)));
      },
    }),
  ];
}
