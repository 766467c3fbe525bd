import type { TokenRecord } from "../../reconciler/api/tokens.ts";
import { formatAge } from "../../tui/view/amounts.ts";
import type { NamedList } from "../output/listing-output.ts";
import { tableOf } from "../output/table.ts";
import { text, titled } from "./cells.ts";

/** A token, without what lets anybody in. */
export interface TokenItem extends Omit<TokenRecord, "digest"> {
  readonly kind: "Token";
}

export function tokensListed(records: readonly TokenRecord[], now: number): NamedList {
  const items = records.map(({ name, role, by, at, expiresAt }): TokenItem => ({
    kind: "Token",
    name,
    role,
    by,
    at,
    expiresAt,
  }));
  const listed = {
    items,
    lines: () =>
      tableOf(
        [
          { title: "NAME", cell: ({ name }) => titled(name) },
          { title: "ROLE", cell: ({ role }) => text(role) },
          { title: "BY", cell: ({ by }) => text(by.replaceAll(" ", ":")) },
          { title: "AGE", align: "right", cell: ({ at }) => text(formatAge(now - at)) },
          { title: "EXPIRES", align: "right", cell: ({ expiresAt }) => text(endOf(expiresAt, now)) },
        ],
        items,
      ),
  };
  const names = { word: "token", plural: "tokens", noun: "token" };
  return { listing: { ...names, list: () => listed }, listed };
}

function endOf(expiresAt: number, now: number): string {
  return expiresAt <= now ? "expired" : `in ${formatAge(expiresAt - now)}`;
}
