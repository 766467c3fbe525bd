/** The names that a verb is given: plain ones, `vm/web1`, and patterns such as `web*`. */
import { KeelError } from "../../reconciler/model/errors.ts";
import { byName, type Kind, type ObjectId, parseObjectId } from "../../reconciler/model/names.ts";
import { firstFew } from "../output/first-few.ts";
import { kindsWord, kindWord, notFound } from "../output/object-names.ts";

/**
 * Each name once, in the order given; those of a pattern sorted.
 * @throws KeelError `not-found` where one names nothing
 */
export function namesMeant(
  written: readonly string[],
  kind: Kind,
  known: ReadonlySet<string>,
): readonly string[] {
  const word = kindWord(kind);
  const meant = written.flatMap((each) => {
    const name = each.startsWith(`${word}/`) ? each.slice(word.length + 1) : each;
    if (!/[*?]/.test(name)) {
      if (!known.has(name)) throw notFound(word, kindsWord(kind), name, known);
      return [name];
    }
    const fitting = [...known].filter((candidate) => patternOf(name).test(candidate)).sort(byName);
    if (fitting.length > 0) return fitting;
    throw new KeelError("not-found", { what: word, name, kind: kindsWord(kind) });
  });
  return [...new Set(meant)];
}

/** The names of one kind among documents. */
export function namesOfKind(ids: Iterable<ObjectId>, kind: Kind): ReadonlySet<string> {
  return new Set(
    [...ids]
      .map(parseObjectId)
      .filter((id) => id.kind === kind)
      .map(({ name }) => name),
  );
}

/** `vm/web1, vm/web2 and 3 more`. */
export function shownNames(kind: Kind, names: readonly string[]): string {
  return firstFew(names.map((name) => `${kindWord(kind)}/${name}`));
}

/** `*`: any letters; `?`: one. Names have none of the other signs that a pattern could hold. */
function patternOf(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`);
}
