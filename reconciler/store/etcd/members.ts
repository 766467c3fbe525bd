import type { IMember, IStatusResponse } from "etcd3";
import type { Endpoint } from "./endpoints.ts";
import { asError } from "../../model/thrown.ts";

/** A member of the store, and what it said when it was asked. */
export interface Member {
  readonly id: string;
  /** Empty for one that was added and has never run. */
  readonly name: string;
  /** Where it was asked; null where nothing tells where it is. */
  readonly endpoint: Endpoint | null;
  readonly hosts: readonly string[];
  readonly learner: boolean;
  readonly answer: Answer;
}

export type Answer =
  | { readonly kind: "status"; readonly status: IStatusResponse }
  | { readonly kind: "none"; readonly cause: Error };

export interface AskOptions {
  readonly members: readonly IMember[];
  /** Those that the client was given. */
  readonly endpoints: readonly Endpoint[];
  /** Makes a client of a member that was not among them. Throws where the address is none. */
  readonly reach: (address: string) => Endpoint;
  /** By the machine's clock. */
  readonly deadline: () => number;
}

/**
 * Asks every member how it is: at the endpoints that the client was given, and at the address that a member says of
 * itself where none of these is it.
 */
export async function askMembers(options: AskOptions): Promise<readonly Member[]> {
  const { members, endpoints, deadline } = options;
  const given = await Promise.all(
    endpoints.map(async (endpoint) => ({ endpoint, answer: await ask(endpoint, deadline()) })),
  );
  return Promise.all(
    members.map(async (member) => {
      const known = given.find(({ answer }) => idIn(answer) === member.ID);
      const hosts = hostsOf([...member.peerURLs, ...member.clientURLs]);
      return {
        id: member.ID,
        name: member.name,
        hosts,
        learner: member.isLearner,
        ...(known ?? (await askAtOwnAddress(member, options))),
      };
    }),
  );
}

/** It may be one of those that gave no answer; then it gives none here either. */
async function askAtOwnAddress(
  member: IMember,
  { endpoints, reach, deadline }: AskOptions,
): Promise<Pick<Member, "endpoint" | "answer">> {
  const [address] = member.clientURLs;
  if (address === undefined)
    return { endpoint: null, answer: { kind: "none", cause: new Error("never ran") } };
  const endpoint = endpoints.find((each) => each.address === address) ?? reach(address);
  const answer = await ask(endpoint, deadline());
  return { endpoint, answer };
}

/** What is no URL names no host: the socket of a store on this very machine. */
function hostsOf(urls: readonly string[]): readonly string[] {
  return [...new Set(urls.map((url) => URL.parse(url)?.hostname ?? ""))].filter((host) => host !== "");
}

async function ask({ client }: Endpoint, deadline: number): Promise<Answer> {
  try {
    return { kind: "status", status: await client.maintenance.status({ deadline }) };
  } catch (thrown) {
    return { kind: "none", cause: asError(thrown) };
  }
}

function idIn(answer: Answer): string | null {
  return answer.kind === "status" ? answer.status.header.member_id : null;
}
