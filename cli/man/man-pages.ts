/** The manual, made of the program itself: a page for `keel`, and one for each of its commands. Pure. */
import type { Command, Option } from "commander";
import { exitCodes } from "../../reconciler/model/errors.ts";
import { examplesOf } from "../examples.ts";
import { argument, bold, italic, lines, named, paragraph, section, subsection, titled } from "./roff.ts";

export interface ManPage {
  /** `keel-vm.1`. */
  readonly file: string;
  readonly text: string;
}

export function manPages(program: Command): readonly ManPage[] {
  const commands = visibleCommands(program).filter((command) => command.name() !== "help");
  return [programPage(program, commands), ...commands.map((command) => commandPage(program, command))];
}

function visibleCommands(command: Command): readonly Command[] {
  return command.createHelp().visibleCommands(command);
}

function programPage(program: Command, commands: readonly Command[]): ManPage {
  const name = program.name();
  return {
    file: `${name}.1`,
    text: [
      titled(name, program.description()),
      section("SYNOPSIS", [lines([synopsis([program], "COMMAND ...")])]),
      section(
        "COMMANDS",
        commands.map((command) => named(bold(`${name}-${command.name()}`) + "(1)", command.description())),
      ),
      section("OPTIONS", optionEntries(program)),
      section("EXAMPLES", exampleEntries(program)),
      section("EXIT STATUS", exitEntries()),
      section(
        "ENVIRONMENT",
        environment.map(([variable, meaning]) => named(bold(variable), meaning)),
      ),
      section(
        "FILES",
        files.map(([path, meaning]) => named(italic(path), meaning)),
      ),
    ].join(""),
  };
}

function commandPage(program: Command, command: Command): ManPage {
  const name = `${program.name()}-${command.name()}`;
  const children = visibleCommands(command);
  const paths =
    children.length === 0 ? [[program, command]] : children.map((child) => [program, command, child]);
  return {
    file: `${name}.1`,
    text: [
      titled(name, command.description()),
      section("SYNOPSIS", [lines(paths.map((path) => synopsis(path, "")))]),
      section("DESCRIPTION", [paragraph(command.description())]),
      section("ARGUMENTS", argumentEntries(command)),
      section("OPTIONS", optionEntries(command)),
      section(
        "COMMANDS",
        children.map((child) => childEntries(program, command, child)),
      ),
      section("EXAMPLES", exampleEntries(command)),
      section("SEE ALSO", [
        paragraph(`${program.name()}(1): options that all commands take, exit status, environment.`),
      ]),
    ].join(""),
  };
}

function childEntries(program: Command, parent: Command, child: Command): string {
  return subsection(`${program.name()} ${parent.name()} ${child.name()}`, [
    paragraph(child.description()),
    ...argumentEntries(child),
    ...optionEntries(child),
    ...exampleEntries(child),
  ]);
}

/** `keel vm meta [OPTION]... <vms...>`. */
function synopsis(path: readonly Command[], more: string): string {
  const command = path.at(-1);
  const words = path.map((each) => bold(each.name()));
  const args = (command?.registeredArguments ?? []).map((each) =>
    argument(each.name(), { required: each.required, variadic: each.variadic }),
  );
  const options =
    command !== undefined && optionsOf(command).length > 0 ? ["[" + italic("OPTION") + "]..."] : [];
  return [...words, ...options, ...args, ...(more === "" ? [] : [italic(more)])].join(" ");
}

function optionsOf(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command);
}

function argumentEntries(command: Command): readonly string[] {
  return command.registeredArguments.map((each) =>
    named(argument(each.name(), { required: each.required, variadic: each.variadic }), each.description),
  );
}

/** `--help` is the same everywhere: it is told once. */
function optionEntries(command: Command): readonly string[] {
  const told =
    command.parent === null ? optionsOf(command) : optionsOf(command).filter(({ long }) => long !== "--help");
  return told.map((option) => named(flagsOf(option), describe(option)));
}

function flagsOf({ flags }: Option): string {
  return flags
    .split(/([<[][^>\]]*[>\]])/)
    .map((part) => (/^[<[]/.test(part) ? italic(part.slice(1, -1)) : boldFlags(part)))
    .join("");
}

function boldFlags(text: string): string {
  return text.replaceAll(/-{1,2}[a-z][a-z-]*/gi, (flag) => bold(flag));
}

function describe({ description, argChoices, defaultValue, defaultValueDescription }: Option): string {
  const choices = argChoices === undefined ? [] : [`one of: ${argChoices.join(", ")}`];
  // A value that was read has lost its unit; it is told as it is typed, or not at all.
  const standard = defaultValueDescription ?? (typeof defaultValue === "string" ? defaultValue : null);
  return [description, ...choices, ...(standard === null ? [] : [`default: ${standard}`])].join("; ");
}

function exampleEntries(command: Command): readonly string[] {
  return examplesOf(command).map(([line, meaning]) => named(bold(line), meaning));
}

function exitEntries(): readonly string[] {
  return exitMeanings.map(([word, meaning]) => named(bold(String(exitCodes[word])), meaning));
}

const exitMeanings: readonly (readonly [keyof typeof exitCodes, string])[] = [
  ["ok", "it is done, or said"],
  ["error", "something went wrong; it is told on standard error, with what to do"],
  ["changes", "with --detailed-exitcode: an apply would do something"],
  ["approval", "an approval is missing that names what is to be destroyed"],
  ["stale", "a saved plan, or an edit, is of something that has changed since"],
  ["invalid", "the folder is not valid, or cannot be believed"],
  ["unreachable", "the store does not answer"],
  ["partial", "some of it was done, and some could not be"],
  ["usage", "the command line is not understood"],
  ["interrupted", "interrupted; what was begun goes on"],
];

const environment: readonly (readonly [string, string])[] = [
  ["KEEL_STORE", "the store, as with --store"],
  ["KEEL_CLUSTER", "the cluster, as with --cluster"],
  ["KEEL_STORE_CA, KEEL_STORE_CERT, KEEL_STORE_KEY", "PEM files for a store that is reached by https"],
  ["KEEL_SECRETS", "the folder of passwords that documents refer to"],
  ["KEEL_LOG", "how much a command tells on standard error: debug, info, warn, error"],
  ["VISUAL, EDITOR", "what `keel edit` opens files with"],
  ["NO_COLOR", "no colours, where it is set"],
];

const files: readonly (readonly [string, string])[] = [
  ["cluster.d/", "the desired state: YAML documents"],
  [".keel/", "what `keel up` keeps beside it; its endpoint is where commands find the store"],
];
