/** What a pattern would take next, by name: for people, where it did not take what was there. */
import { contains, type Name, type NameClass, type Pattern } from "./pattern.ts";

/** Names of the elements that may come next. */
export function elementsExpected(p: Pattern): readonly string[] {
  const names = new Set<string>();
  walk(p, new Set(), (found) => {
    if (found.kind === "element") addNames(found.name, names);
  });
  return [...names].sort();
}

export function attributesExpected(p: Pattern): readonly string[] {
  const names = new Set<string>();
  walk(p, new Set(), (found) => {
    if (found.kind === "attribute") addNames(found.name, names);
  });
  return [...names].sort();
}

/** Names of the elements, or attributes, without which it cannot go on; empty: there is a choice. */
export function required(kind: "element" | "attribute", p: Pattern): readonly string[] {
  return [...(needed(kind, p) ?? [])].sort();
}

/** null: it cannot go on at all. */
function needed(kind: "element" | "attribute", p: Pattern): ReadonlySet<string> | null {
  switch (p.kind) {
    case "notAllowed":
      return null;
    case "choice": {
      const [a, b] = [needed(kind, p.a), needed(kind, p.b)];
      return a === null || b === null ? (a ?? b) : a.intersection(b);
    }
    case "group":
    case "interleave": {
      const [a, b] = [needed(kind, p.a), needed(kind, p.b)];
      return a === null || b === null ? null : a.union(b);
    }
    case "after":
      return needed(kind, p.a);
    case "oneOrMore":
      return needed(kind, p.of);
    case "attribute":
    case "element": {
      const names = new Set<string>();
      if (p.kind === kind) addNames(p.name, names);
      return names;
    }
    case "data":
    case "empty":
    case "list":
    case "text":
    case "value":
      return new Set();
  }
}

/** The patterns for the value of an attribute; empty: there is no such attribute. */
export function attributePatterns(p: Pattern, name: Name): readonly Pattern[] {
  const found: Pattern[] = [];
  walk(p, new Set(), (one) => {
    if (one.kind === "attribute" && contains(one.name, name)) found.push(one.of);
  });
  return found;
}

/** The words that a value may be; empty: it is not a matter of words. */
export function valuesExpected(patterns: readonly Pattern[]): readonly string[] {
  const values = new Set<string>();
  let isOpen = false;
  for (const pattern of patterns) {
    walk(pattern, new Set(), (found) => {
      if (found.kind === "value") values.add(found.value);
      else if (found.kind === "data" || found.kind === "text" || found.kind === "list") isOpen = true;
    });
  }
  return isOpen ? [] : [...values].sort();
}

/** Everything that is reachable without going into an element or attribute, or past one that is open. */
function walk(p: Pattern, seen: Set<number>, visit: (found: Pattern) => void): void {
  if (seen.has(p.id)) return;
  seen.add(p.id);
  visit(p);
  switch (p.kind) {
    case "choice":
    case "interleave":
    case "group":
      walk(p.a, seen, visit);
      walk(p.b, seen, visit);
      break;
    case "after":
      walk(p.a, seen, visit);
      break;
    case "oneOrMore":
      walk(p.of, seen, visit);
      break;
    case "attribute":
    case "data":
    case "element":
    case "empty":
    case "list":
    case "notAllowed":
    case "text":
    case "value":
      break;
  }
}

function addNames(names: NameClass, to: Set<string>): void {
  if (names.kind === "name") to.add(names.local);
  else if (names.kind === "choice") {
    addNames(names.a, to);
    addNames(names.b, to);
  }
}
