/** `vm/web1`: how objects are named on the command line; records and reports say `VM/web1`. */
import { didYouMean } from "../../reconciler/desired/issues/suggest.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import { type Kind, kinds, type ObjectId, parseObjectId } from "../../reconciler/model/names.ts";

const words: Readonly<Record<Kind, { readonly one: string; readonly many: string }>> = {
  Cluster: { one: "cluster", many: "clusters" },
  Node: { one: "node", many: "nodes" },
  Profile: { one: "profile", many: "profiles" },
  VM: { one: "vm", many: "vms" },
  Network: { one: "network", many: "networks" },
  StoragePool: { one: "pool", many: "pools" },
};

/** `vm` for VM, `pool` for StoragePool. */
export function kindWord(kind: Kind): string {
  return words[kind].one;
}

/** `pools` for StoragePool. */
export function kindsWord(kind: Kind): string {
  return words[kind].many;
}

/** `vm/web1` for `VM/web1`. */
export function shownId(id: ObjectId): string {
  const { kind, name } = parseObjectId(id);
  return `${kindWord(kind)}/${name}`;
}

/** The kind that a word means: `vm`, `vms`, `VM`; null: none. */
export function kindOf(word: string): Kind | null {
  const wanted = word.toLowerCase();
  return (
    kinds.find((kind) => {
      const { one, many } = words[kind];
      return wanted === one || wanted === many || wanted === kind.toLowerCase();
    }) ?? null
  );
}

export interface NamedObject {
  readonly kind: Kind;
  readonly name: string;
}

/**
 * The object that `vm/web1`, or the two words `vm` and `web1`, name. Nothing says that it exists.
 * @throws KeelError `usage` where that is not the name of an object of one of the kinds
 */
export function objectNamed(text: string, second: string | undefined, among: readonly Kind[]): NamedObject {
  const slash = text.indexOf("/");
  const word = slash === -1 ? text : text.slice(0, slash);
  const name = slash === -1 ? second : text.slice(slash + 1);
  const kind = kindOf(word);
  if (kind === null || !among.includes(kind)) throw unknownKind(word, among.map(kindWord));
  if (name === undefined || name === "") {
    throw new KeelError("usage", { problem: `Which ${kindWord(kind)}? Write ${kindWord(kind)}/NAME.` });
  }
  if (slash !== -1 && second !== undefined) {
    throw new KeelError("usage", { problem: `Name one object: ${text}, or ${kindWord(kind)} ${second}.` });
  }
  return { kind, name };
}

export function unknownKind(word: string, known: readonly string[]): KeelError {
  const meant = didYouMean(word, known);
  const advice = meant === undefined ? `use ${known.join(", ")}.` : `did you mean ${meant}?`;
  return new KeelError("usage", { problem: `There is no kind "${word}" here: ${advice}` });
}

/** There is nothing of that name; with the name that was likely meant. */
export function notFound(what: string, word: string, name: string, known: Iterable<string>): KeelError {
  const meant = didYouMean(name, known);
  const shown = meant === undefined ? name : `${name} (did you mean ${meant}?)`;
  return new KeelError("not-found", { what, name: shown, kind: word });
}
