/** What was changed about a domain, as its record tells it: with since when, and bounded; pure. */
import type { DomainDifference, ObservedDomain } from "../reconciler/model/observed.ts";
import type { Difference, Domain } from "./hypervisor/hypervisor.ts";

type Active = Extract<ObservedDomain, { readonly domainId: string }>;

/** A record is read by everybody, at each change. */
const limits = { differences: 32, characters: 200 } as const;

/** `before`: the record as it was, also that of an earlier agent: what it told of the same run keeps its time. */
export function changedSince(
  { id, differences }: Pick<Domain, "id" | "differences">,
  before: ObservedDomain | null,
  readAt: number,
): NonNullable<Active["changed"]> {
  const known = before !== null && before.state !== "off" && before.domainId === id ? before.changed : null;
  const kept = differences.slice(0, limits.differences).map(bounded);
  return {
    differences: kept.map(({ heardAt, ...one }) => {
      const same = known?.differences.find(({ path, live }) => path === one.path && live === one.live);
      const since = same?.since ?? heardAt ?? readAt;
      const noticed = same?.noticed ?? (heardAt === null ? "reading" : "event");
      return { ...one, since, noticed } satisfies DomainDifference;
    }),
    omitted: differences.length - kept.length,
  };
}

function bounded(one: Difference): Difference {
  const { path, wanted, live } = one;
  return { ...one, path: short(path), wanted: wanted && short(wanted), live: live && short(live) };
}

function short(text: string): string {
  return text.length <= limits.characters ? text : `${text.slice(0, limits.characters - 1)}…`;
}
