/** What is done with VMs: `keel vm …`. */
import Type from "typebox";
import { documentYaml } from "../../desired/yaml/write-yaml.ts";
import { schemas } from "../../desired/schema/documents.ts";
import { vmFields } from "../../desired/schema/vm-fields.ts";
import type { Vm } from "../../model/desired.ts";
import { KeelError } from "../../model/errors.ts";
import type { Actions, Edit, Meta } from "../ports.ts";
import { type Answer, type Route, route } from "../route.ts";
import { name, oneOf, ref, shape, listOf } from "../schema/shapes.ts";
import { callOf, changed, changedAnswer, dryRun, editErrors, editRoute } from "./change.ts";

const vmName = { vm: name("The VM's name.", ["web1"]) };
const operator = { tag: "vm", role: "operator", query: dryRun, errors: editErrors } as const;

const states = {
  start: "running",
  shutdown: "stopped",
  poweroff: "poweroff",
  disable: "disabled",
} as const satisfies Readonly<Record<string, Vm["state"]>>;
const requests = ["restart", "release", "retry"] as const;
type StateWord = keyof typeof states | (typeof requests)[number];

export function vmChangeRoutes(actions: Actions): readonly Route[] {
  return [
    defineRoute(actions),
    metaRoute(actions),
    deleteRoute(actions),
    stateRoute(actions),
    placeRoute(actions),
    renameRoute(actions),
    protectRoute(actions),
  ];
}

function defineRoute(actions: Actions): Route {
  return route({
    ...operator,
    method: "POST",
    path: "/api/v1/vm",
    id: "defineVm",
    summary: "Define a VM: its document, as files have it, with limits, selector, autorestart and the rest.",
    description:
      "YAML is taken as it is written, comments and all, and may hold several documents. XML is one libvirt domain, kept beside the document that names it.",
    params: {},
    body: schemas.VM,
    texts: ["application/yaml", "application/xml"],
    answers: { 200: changedAnswer, 201: changedAnswer },
    errors: [...editErrors, "document-invalid"],
    handle: async ({ query, sent, ...rest }) => {
      const text = typeof sent === "string" ? sent : documentText(sent);
      return changed(await actions.edit({ act: "define", text }, callOf(rest, query)), 201);
    },
  });
}

/** JSON is read as strictly as the files are, by the same reader. @throws KeelError `request-invalid` */
function documentText(body: unknown): string {
  if (typeof body === "object" && body !== null && !Array.isArray(body))
    return documentYaml({ ...body }, "\n");
  throw new KeelError("request-invalid", { problem: "Not understood: the body is no document." });
}

const metaFields = {
  limits: vmFields.limits,
  selector: vmFields.selector,
  autorestart: Type.Optional(Type.Boolean({ description: "Start again by itself after a hold." })),
  migration: Type.Optional(
    Type.Object(
      {
        method: Type.Optional(oneOf(["auto", "live", "shutdown"], "How it moves.")),
        maxDowntime: Type.Optional(
          Type.String({ description: "The longest pause, such as 300ms.", maxLength: 20 }),
        ),
      },
      { additionalProperties: false },
    ),
  ),
  priority: Type.Optional(oneOf(["high", "normal", "low"], "Who goes first.")),
  tags: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 63 }), { description: "Empty: none.", maxItems: 1024 }),
  ),
};

function metaRoute(actions: Actions): Route {
  return editRoute(actions, {
    path: "/api/v1/vm/{vm}",
    id: "setVmMeta",
    tag: "vm",
    summary: "Say where a VM may run, how it is placed and moved, and what it is tagged with.",
    description: "What is left out stays. `limits: null`: anywhere; `selector: null`: the cluster's.",
    params: vmName,
    fields: metaFields,
    needsOne: true,
    edit: ({ vm }, { migration = {}, ...fields }) => {
      const meta: Meta = { ...fields, ...migration };
      return { act: "meta", vm, meta };
    },
  });
}

function deleteRoute(actions: Actions): Route {
  return route({
    ...operator,
    method: "DELETE",
    path: "/api/v1/vm/{vm}",
    id: "deleteVm",
    summary: "Ask for the destruction of a VM (`state: absent`), or forget it.",
    description:
      "Nothing is destroyed before somebody approves a plan that shows it. Forgetting removes the document: the VM runs on as an orphan.",
    params: vmName,
    query: { ...dryRun, forget: Type.Optional(Type.Boolean({ description: "Forget it.", default: false })) },
    body: null,
    answers: { 200: changedAnswer },
    handle: async ({ params: { vm }, query, ...rest }) => {
      const edit: Edit =
        query.forget === true ? { act: "forget", vm } : { act: "state", vm, state: "absent" };
      return changed(await actions.edit(edit, callOf(rest, query)));
    },
  });
}

function stateRoute(actions: Actions): Route {
  const words: readonly StateWord[] = ["start", "shutdown", "poweroff", "disable", ...requests];
  return route({
    ...operator,
    method: "POST",
    path: "/api/v1/vm/{vm}/state",
    id: "setVmState",
    summary: "Start, shut down, power off or disable a VM; or ask once to restart, release or retry it.",
    params: vmName,
    body: Type.Object({ state: oneOf(words) }, { additionalProperties: false }),
    answers: {
      200: changedAnswer,
      202: {
        description: "It was asked for.",
        schema: shape("What was asked for.", { requests: listOf(ref("Asked")) }),
      },
    },
    handle: async ({ params: { vm }, query, body, ...rest }): Promise<Answer> => {
      const { state: word } = body;
      const call = callOf(rest, query);
      if (word === "restart" || word === "release" || word === "retry")
        return { status: 202, body: { requests: await actions.ask(word, vm, call) } };
      return changed(await actions.edit({ act: "state", vm, state: states[word] }, call));
    },
  });
}

function placeRoute(actions: Actions): Route {
  return editRoute(actions, {
    path: "/api/v1/vm/{vm}/node",
    id: "setVmNode",
    tag: "vm",
    summary: "Run a VM elsewhere for now, bring it home, or give it another home.",
    description: "Without `node` its selector chooses one, once: the plan says which.",
    params: vmName,
    fields: {
      action: oneOf(["migrate", "unmigrate", "move"]),
      node: Type.Optional(name("Where.", ["hv2"])),
    },
    edit: ({ vm }, { action, node = null }) => {
      if (action !== "unmigrate") return { act: action, vm, to: node };
      if (node === null) return { act: action, vm };
      throw new KeelError("request-invalid", { problem: "`unmigrate` is to its home: leave `node` out." });
    },
  });
}

function renameRoute(actions: Actions): Route {
  return editRoute(actions, {
    path: "/api/v1/vm/{vm}/rename",
    id: "renameVm",
    tag: "vm",
    summary: "Give a VM another name. UUID, MACs, disks and place stay, and it runs on.",
    params: vmName,
    fields: { name: name("Its new one.", ["shop1"]) },
    edit: ({ vm }, { name: to }) => ({ act: "rename", vm, to }),
  });
}

function protectRoute(actions: Actions): Route {
  return editRoute(actions, {
    path: "/api/v1/vm/{vm}/protect",
    id: "protectVm",
    tag: "vm",
    summary: "Refuse the destruction of a VM, or no longer.",
    params: vmName,
    fields: { protect: Type.Boolean({ description: "Whether." }) },
    edit: ({ vm }, { protect }) => ({ act: "protect", vm, protect }),
  });
}
