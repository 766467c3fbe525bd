/**
 * What may stand where the cursor is: commands, options and words as the program itself has them; of what only the
 * cluster or the machine knows, the kind. Pure; the shells' scripts pass on what comes of it.
 */
import type { Command, Option } from "commander";
import type { Kind } from "../../reconciler/model/names.ts";
import { kindOf } from "../output/object-names.ts";

export interface Candidate {
  readonly word: string;
  /** Empty: the word says it. */
  readonly meaning: string;
}

/** Names of a kind; `vm/web1` of any kind; numbers of generations; paths, which the shell knows better. */
export type Wanted = Kind | "object" | "generation" | "file" | "folder";

export interface Completion {
  readonly candidates: readonly Candidate[];
  readonly wanted: Wanted | null;
  /** What stands before the name in the same word: `--to=`, `hv1,`. */
  readonly prefix: string;
  /** Names that are said already, and are not said twice. */
  readonly said: readonly string[];
}

/** `words`: all behind `keel`; the last is being typed, and is empty where nothing of it is there yet. */
export function complete(program: Command, words: readonly string[]): Completion {
  const typed = words.at(-1) ?? "";
  const { command, pending, positionals, optionsEnded } = placeAfter(program, words.slice(0, -1));
  const values = (option: Option, value: string, prefix: string): Completion =>
    option.attributeName() === "output"
      ? { ...among(formatsOf(command)), prefix }
      : valueOf(option, value, prefix);
  if (pending !== null) return values(pending, typed, "");
  const [, flag, value = ""] = /^(--[a-z-]+)=(.*)$/s.exec(typed) ?? [];
  if (flag !== undefined && !optionsEnded) {
    const option = optionNamed([program, command], flag);
    return option === undefined ? nothing : values(option, value, `${flag}=`);
  }
  if (typed.startsWith("-") && !optionsEnded) return among(optionsOf(program, command));
  if (command.commands.length > 0) return positionals.length > 0 ? nothing : among(commandsOf(command));
  return argumentAt(command, positionals);
}

/** The options of the whole program that the line says already, such as which store is meant. */
export function optionsSaid(program: Command, words: readonly string[]): ReadonlyMap<string, string> {
  const said = words.slice(0, -1).flatMap((word, index): (readonly [string, string])[] => {
    const [flag = "", inline] = word.split(/=(.*)/s);
    const option = optionNamed([program], flag);
    const value = inline ?? words[index + 1];
    return option?.required === true && value !== undefined ? [[option.attributeName(), value]] : [];
  });
  return new Map(said);
}

interface Place {
  readonly command: Command;
  /** The option whose value is to come. */
  readonly pending: Option | null;
  readonly positionals: readonly string[];
  /** `--` was said. */
  readonly optionsEnded: boolean;
}

function placeAfter(program: Command, words: readonly string[]): Place {
  const start: Place = { command: program, pending: null, positionals: [], optionsEnded: false };
  return words.reduce((place, word) => passedBy(program, place, word), start);
}

function passedBy(program: Command, place: Place, word: string): Place {
  const { command, pending, positionals, optionsEnded } = place;
  if (pending !== null) return { ...place, pending: null };
  if (word.startsWith("-") && !optionsEnded) {
    if (word === "--") return { ...place, optionsEnded: true };
    const option = optionNamed([program, command], word);
    return { ...place, pending: option?.required === true ? option : null };
  }
  const child = positionals.length === 0 ? childNamed(command, word) : undefined;
  return child === undefined
    ? { ...place, positionals: [...positionals, word] }
    : { ...place, command: child };
}

function childNamed(command: Command, word: string): Command | undefined {
  return command.commands.find((child) => child.name() === word);
}

function optionNamed(commands: readonly Command[], flag: string): Option | undefined {
  return commands
    .flatMap(({ options }) => options)
    .find(({ short, long }) => short === flag || long === flag);
}

const nothing: Completion = { candidates: [], wanted: null, prefix: "", said: [] };

function among(candidates: readonly Candidate[]): Completion {
  return { ...nothing, candidates };
}

function commandsOf(command: Command): readonly Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((child) => ({ word: child.name(), meaning: firstSentence(child.description()) }));
}

function optionsOf(program: Command, command: Command): readonly Candidate[] {
  const help = command.createHelp();
  const own = help.visibleOptions(command);
  const shared = command === program ? [] : program.options;
  return [...own, ...shared].flatMap(({ long, description }) =>
    long == null ? [] : [{ word: long, meaning: description }],
  );
}

function firstSentence(text: string): string {
  return /^.*?[.](?= |$)/s.exec(text)?.[0].replace(/\.$/, "") ?? text;
}

/** What `-o` takes: a plan is also written for a merge request, and lists in more ways than what is no list. */
function formatsOf(command: Command): readonly Candidate[] {
  const name = command.name();
  const isList = name === "get" || name === "list" || name === "history" || name === "events";
  const more = name === "plan" ? ["markdown"] : isList ? ["yaml", "wide", "name"] : ["yaml"];
  return ["table", "json", ...more].map((word) => ({ word, meaning: "" }));
}

function valueOf(option: Option, typed: string, prefix: string): Completion {
  if (option.argChoices !== undefined) {
    const candidates = option.argChoices.map((word) => ({ word, meaning: "" }));
    return { ...among(candidates), prefix };
  }
  const placeholder = /[<[](.*?)[\]>]/.exec(option.flags)?.[1] ?? "";
  const wanted = wantedBy(option.long === "--node" ? "node" : placeholder);
  if (placeholder !== "nodes") return { ...nothing, wanted, prefix };
  // Several, with commas between them.
  const before = typed.split(",").slice(0, -1);
  return { ...nothing, wanted, prefix: prefix + before.map((name) => `${name},`).join(""), said: before };
}

function argumentAt(command: Command, positionals: readonly string[]): Completion {
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[positionals.length] ?? (last?.variadic === true ? last : undefined);
  if (argument === undefined) return nothing;
  const said = argument.variadic ? positionals.slice(registeredArguments.indexOf(argument)) : [];
  const name = argument.name();
  if (argument.argChoices !== undefined)
    return among(argument.argChoices.map((word) => ({ word, meaning: "" })));
  if (name === "kind") return among(kindWords);
  const wanted = name === "name" || name === "names" ? kindMeant(command, positionals) : wantedBy(name);
  return { ...nothing, wanted, said };
}

/** `keel vm info NAME`, `keel describe vm NAME`, `keel get vms NAME…`. */
function kindMeant(command: Command, positionals: readonly string[]): Kind | null {
  return kindOf(command.name() === "info" ? (command.parent?.name() ?? "") : (positionals[0] ?? ""));
}

/** What `keel get` lists. */
const kindWords = ["vms", "nodes", "networks", "pools", "profiles", "steps", "requests", "events", "all"].map(
  (word): Candidate => ({ word, meaning: "" }),
);

/** By what the help calls it. */
const placeholders: ReadonlyMap<string, Wanted> = new Map([
  ["vms", "VM"],
  ["vm", "VM"],
  ["old", "VM"],
  ["node", "Node"],
  ["nodes", "Node"],
  ["object", "object"],
  ["kind/name", "object"],
  ["generation", "generation"],
  ["from", "generation"],
  ["to", "generation"],
  ["file", "file"],
  ["path", "file"],
  ["folder", "folder"],
]);

function wantedBy(placeholder: string): Wanted | null {
  return placeholders.get(placeholder) ?? null;
}
