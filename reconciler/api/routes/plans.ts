/** Plans: made of the folder as it is, looked at, approved, applied; and what was asked for, taken back. */
import Type from "typebox";
import { name, ref } from "../schema/shapes.ts";
import type { Actions } from "../ports.ts";
import { type Route, route } from "../route.ts";
import { callOf, changed, changedAnswer, dryRun, editErrors, wordRoute } from "./change.ts";

const planId = {
  plan: Type.String({
    pattern: "^[0-9a-f]{24}$",
    description: "The plan's id.",
    examples: ["0f1e2d3c4b5a69788796a5b4"],
  }),
};
const count = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, description }));

export function planRoutes(actions: Actions): readonly Route[] {
  return [
    makeRoute(actions),
    showRoute(actions),
    applyRoute(actions),
    approveRoute(actions),
    withdrawRoute(actions),
  ];
}

function makeRoute(actions: Actions): Route {
  return route({
    method: "POST",
    path: "/api/v1/plan",
    id: "makePlan",
    tag: "plan",
    summary: "Plan what applying the folder would do, and keep that plan for a day.",
    role: "operator",
    params: {},
    query: {},
    body: Type.Object(
      {
        allowDestroy: count("Exactly this many objects are meant to be destroyed."),
        allowOrphan: count("Exactly this many objects are meant to be gone."),
      },
      { additionalProperties: false },
    ),
    answers: { 201: { description: "The plan.", schema: ref("SavedPlan") } },
    errors: editErrors,
    handle: async ({ body, ...rest }) => {
      const { allowDestroy = null, allowOrphan = null } = body;
      const plan = await actions.makePlan({ allowDestroy, allowOrphan }, callOf(rest, {}));
      return { status: 201, body: plan, headers: { location: `/api/v1/plan/${plan.id}` } };
    },
  });
}

function showRoute(actions: Actions): Route {
  return route({
    method: "GET",
    path: "/api/v1/plan/{plan}",
    id: "getPlan",
    tag: "plan",
    summary: "A plan that was made, as it was.",
    role: "viewer",
    params: planId,
    query: {},
    body: null,
    answers: { 200: { description: "The plan.", schema: ref("SavedPlan") } },
    errors: ["not-found", "plan-unreadable"],
    handle: async ({ params }) => ({ status: 200, body: await actions.plan(params.plan) }),
  });
}

function applyRoute(actions: Actions): Route {
  return route({
    method: "POST",
    path: "/api/v1/plan/{plan}/apply",
    id: "applyPlan",
    tag: "plan",
    summary: "Apply exactly what the plan shows, once.",
    description: "What needs an approval waits for it; the rest is done.",
    role: "operator",
    params: planId,
    query: dryRun,
    body: Type.Object(
      {
        undo: Type.Optional(
          Type.Boolean({ description: "Also where it undoes what was applied since.", default: false }),
        ),
      },
      { additionalProperties: false },
    ),
    answers: { 200: changedAnswer },
    errors: [...editErrors, "plan-unreadable", "stale-plan", "plan-used", "stale-folder"],
    handle: async ({ params, query, body, ...rest }) =>
      changed(await actions.applyPlan(params.plan, body.undo ?? false, callOf(rest, query))),
  });
}

function approveRoute(actions: Actions): Route {
  return wordRoute({
    path: "/api/v1/plan/{plan}/approve",
    id: "approve",
    tag: "plan",
    summary: "Approve the destruction of one VM that the plan shows as waiting for that.",
    description: "Good for one time, for an hour. Its disks stay, but for those that are named.",
    params: planId,
    fields: {
      vm: name("The VM.", ["old-wiki"]),
      disks: Type.Optional(
        Type.Array(Type.String({ maxLength: 63 }), {
          description: "Disks that are destroyed too, with all data.",
          default: [],
          maxItems: 256,
        }),
      ),
    },
    done: "It is approved.",
    errors: ["plan-unreadable", "usage"],
    ask: ({ plan }, { vm, disks = [] }, call) => actions.approve(plan, vm, disks, call),
  });
}

function withdrawRoute(actions: Actions): Route {
  return route({
    method: "DELETE",
    path: "/api/v1/request/{request}",
    id: "withdrawRequest",
    tag: "request",
    summary: "Take back an approval that was not used yet, or an override of maintenance.",
    role: "operator",
    params: {
      request: Type.String({
        pattern: "^[a-z][a-z0-9-]{0,90}$",
        description: "Its name.",
        examples: ["destroy-old-wiki"],
      }),
    },
    query: {},
    body: null,
    answers: { 200: { description: "It is taken back.", schema: Type.Object({ withdrawn: Type.String() }) } },
    errors: editErrors,
    handle: async ({ params, ...rest }) => {
      await actions.withdraw(params.request, callOf(rest, {}));
      return { status: 200, body: { withdrawn: params.request } };
    },
  });
}
