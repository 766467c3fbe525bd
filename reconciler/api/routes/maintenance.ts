/** Maintenance: no fencing and no takeover. The intent is in the files; an override is for when they cannot be edited. */
import Type from "typebox";
import { parseDuration } from "../../desired/durations.ts";
import { KeelError } from "../../model/errors.ts";
import type { Actions } from "../ports.ts";
import { type Answer, type Route, route } from "../route.ts";
import { name, ref } from "../schema/shapes.ts";
import { callOf, changed, changedAnswer, dryRun, editErrors } from "./change.ts";

export function maintenanceRoutes(actions: Actions, now: () => number): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/api/v1/maintenance",
      id: "setMaintenance",
      tag: "cluster",
      summary: "Switch maintenance on or off, of the cluster or of one node.",
      role: "operator",
      params: {},
      query: dryRun,
      body: Type.Object(
        {
          on: Type.Boolean({ description: "Whether." }),
          reason: Type.Optional(
            Type.String({ minLength: 1, maxLength: 256, description: "Why; needed to switch it on." }),
          ),
          for: Type.Optional(
            Type.String({
              maxLength: 20,
              description: "How long, such as 2h. Left out: until it is switched off.",
            }),
          ),
          node: Type.Optional(name("Of this node alone.", ["hv1"])),
          override: Type.Optional(
            Type.Boolean({
              description: "By a request, which edits no file and ends within a day.",
              default: false,
            }),
          ),
        },
        { additionalProperties: false },
      ),
      answers: {
        200: changedAnswer,
        202: { description: "The override was asked for.", schema: ref("Asked") },
      },
      errors: editErrors,
      handle: async ({ query, body, ...rest }): Promise<Answer> => {
        const { on, reason = null, node = null, override = false } = body;
        const call = callOf(rest, query);
        const forMs = durationOf(body.for);
        if (on && reason === null)
          throw new KeelError("request-invalid", { problem: "Say why: `reason`, for whoever finds it on." });
        if (!on || reason === null) {
          if (override) throw withdrawnElsewhere();
          return changed(await actions.edit({ act: "maintenance", node, wanted: null }, call));
        }
        if (override)
          return { status: 202, body: await actions.overrideMaintenance({ node, reason, forMs }, call) };
        const until = forMs === null ? null : now() + forMs;
        return changed(await actions.edit({ act: "maintenance", node, wanted: { reason, until } }, call));
      },
    }),
  ];
}

function withdrawnElsewhere(): KeelError {
  return new KeelError("request-invalid", {
    problem: "An override is taken back by DELETE /api/v1/request/maintenance, or maintenance-NODE.",
  });
}

/** @throws KeelError `request-invalid` */
function durationOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const reading = parseDuration(text);
  if (reading.ok) return reading.value;
  throw new KeelError("request-invalid", { problem: `for: ${reading.problem}: ${reading.advice}.` });
}
