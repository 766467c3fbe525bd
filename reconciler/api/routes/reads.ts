/** What there is: the lists of `keel get`, one object of each, and why it is so. */
import Type from "typebox";
import { KeelError } from "../../model/errors.ts";
import { nodeStates, vmStates } from "../../model/states.ts";
import { type Answer, type Answered, type Route, route } from "../route.ts";
import type { ClusterReads, Item, Listed, Look } from "../ports.ts";
import { name, oneOf, ref, shape, listOf } from "../schema/shapes.ts";
import { etagOf } from "../etag.ts";

export function readRoutes(reads: ClusterReads): readonly Route[] {
  return [...vmRoutes(reads), ...nodeRoutes(reads), ...otherLists(reads)];
}

const vmName = { vm: name("The VM's name.", ["web1"]) };
const nodeName = { node: name("The node's name.", ["hv1"]) };

/** A list, as `keel get … -o json` has it. */
export function listed(of: string, description: string): Answered {
  return { description, schema: shape(description, { items: listOf(ref(of)) }) };
}

export function one(of: string, description: string): Answered {
  return { description, schema: ref(of) };
}

export function listAnswer(items: readonly Item[], look: Look | null = null): Answer {
  return { status: 200, body: { items }, ...(look === null ? {} : { headers: etagOf(look) }) };
}

function vmRoutes(reads: ClusterReads): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/vm",
      id: "listVms",
      tag: "vm",
      summary: "List VMs: all, or those that fit everything that is said.",
      role: "viewer",
      params: {},
      query: {
        node: Type.Optional(name("Those on this node.", ["hv1"])),
        home: Type.Optional(name("Those that belong on this node.", ["hv1"])),
        state: Type.Optional(oneOf(vmStates, "Those in this state.")),
        tag: Type.Optional(Type.String({ description: "Those with this tag.", maxLength: 63 })),
        limit: Type.Optional(name("Those that may run on this node.", ["hv1"])),
        negate: Type.Optional(Type.Boolean({ description: "The others: those that do not fit." })),
      },
      body: null,
      answers: { 200: listed("Vm", "VMs.") },
      errors: ["store-unreachable"],
      handle: async ({ query }) => {
        const look = reads.look();
        return listAnswer(look.vms(query), look);
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/vm/{vm}",
      id: "getVm",
      tag: "vm",
      summary: "One VM.",
      role: "viewer",
      params: vmName,
      query: {},
      body: null,
      answers: { 200: one("Vm", "The VM.") },
      errors: ["not-found", "store-unreachable"],
      handle: async ({ params }) => {
        const look = reads.look();
        return oneOfThem(look, look.report.vms, params.vm, ["VM", "vms"]);
      },
    }),
    route({
      ...why,
      path: "/api/v1/vm/{vm}/why",
      id: "whyVm",
      tag: "vm",
      params: vmName,
      handle: async ({ params }) => whyAnswer(reads, "VM", params.vm),
    }),
  ];
}

function nodeRoutes(reads: ClusterReads): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/node",
      id: "listNodes",
      tag: "node",
      summary: "List nodes: all, or those in a state.",
      role: "viewer",
      params: {},
      query: { state: Type.Optional(oneOf(nodeStates, "Those in this state.")) },
      body: null,
      answers: { 200: listed("Node", "Nodes.") },
      errors: ["store-unreachable"],
      handle: async ({ query }) => {
        const look = reads.look();
        const isWanted = ({ state }: { readonly state: string }) =>
          query.state === undefined || state === query.state;
        return listAnswer(look.report.nodes.filter(isWanted), look);
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/node/{node}",
      id: "getNode",
      tag: "node",
      summary: "One node.",
      role: "viewer",
      params: nodeName,
      query: {},
      body: null,
      answers: { 200: one("Node", "The node.") },
      errors: ["not-found", "store-unreachable"],
      handle: async ({ params }) => {
        const look = reads.look();
        return oneOfThem(look, look.report.nodes, params.node, ["node", "nodes"]);
      },
    }),
    route({
      ...why,
      path: "/api/v1/node/{node}/why",
      id: "whyNode",
      tag: "node",
      params: nodeName,
      handle: async ({ params }) => whyAnswer(reads, "Node", params.node),
    }),
  ];
}

const why = {
  method: "GET",
  summary: "Why it is where it is and as it is, why not elsewhere, and what happens next.",
  role: "viewer",
  query: {},
  body: null,
  answers: { 200: one("Why", "As `keel why -o json`.") },
  errors: ["not-found", "store-unreachable"],
} as const;

/** @throws KeelError `not-found` */
function whyAnswer(reads: ClusterReads, kind: "VM" | "Node", subject: string): Answer {
  const report = reads.look().why(kind, subject);
  if (report !== null) return { status: 200, body: report };
  const [what, plural] = kind === "VM" ? ["VM", "vms"] : ["node", "nodes"];
  throw new KeelError("not-found", { what, name: subject, kind: plural });
}

interface Kind {
  readonly listed: Listed;
  readonly word: string;
  readonly schema: string;
  readonly plural: string;
}

const kinds: readonly Kind[] = [
  { listed: "networks", word: "network", schema: "Network", plural: "networks" },
  { listed: "pools", word: "pool", schema: "StoragePool", plural: "storage pools" },
  { listed: "profiles", word: "profile", schema: "Profile", plural: "profiles" },
  { listed: "steps", word: "step", schema: "Step", plural: "steps that are being done" },
  { listed: "requests", word: "request", schema: "Request", plural: "requests that nobody used yet" },
];

/** What has no filters and no verbs of its own. Networks, pools and profiles are found by name too. */
function otherLists(reads: ClusterReads): readonly Route[] {
  return kinds.flatMap((kind) => {
    const list = listRoute(reads, kind);
    return ["steps", "requests"].includes(kind.listed) ? [list] : [list, itemRoute(reads, kind)];
  });
}

function listRoute(reads: ClusterReads, { listed: which, word, schema, plural }: Kind): Route {
  return route({
    method: "GET",
    path: `/api/v1/${word}`,
    id: `list${schema}s`,
    tag: word,
    summary: `List ${plural}.`,
    role: "viewer",
    params: {},
    query: {},
    body: null,
    answers: { 200: listed(schema, "All of them.") },
    errors: ["store-unreachable"],
    handle: async () => {
      const look = reads.look();
      return listAnswer(look.items(which), look);
    },
  });
}

function itemRoute(reads: ClusterReads, { listed: which, word, schema, plural }: Kind): Route {
  return route({
    method: "GET",
    path: `/api/v1/${word}/{name}`,
    id: `get${schema}`,
    tag: word,
    summary: `One of the ${plural}.`,
    role: "viewer",
    params: { name: name("Its name.", ["servers"]) },
    query: {},
    body: null,
    answers: { 200: one(schema, "It.") },
    errors: ["not-found", "store-unreachable"],
    handle: async ({ params }) => {
      const look = reads.look();
      return oneOfThem(look, look.items(which), params.name, [word, which]);
    },
  });
}

/** @throws KeelError `not-found` */
function oneOfThem(
  look: Look,
  items: readonly Item[],
  wanted: string,
  [what, kind]: readonly [string, string],
): Answer {
  const item = items.find((each) => each.name === wanted);
  if (item === undefined) throw new KeelError("not-found", { what, name: wanted, kind });
  return { status: 200, body: item, headers: etagOf(look) };
}
