import { namePattern } from "../model/names.ts";

const legal = new RegExp(namePattern);

/** The legal name nearest to a text: `Web_01.example.org` is `web-01`. Undefined where nothing is left of it. */
export function legalName(text: string): string | undefined {
  const firstLabel = text.split(".")[0] ?? "";
  const name = firstLabel
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 63)
    .replace(/-+$/, "");
  return legal.test(name) ? name : undefined;
}
