/** What a key means, given what is on screen: the step from keys to actions. Pure. */
import { unreachable } from "../reconciler/model/unreachable.ts";
import { bindings } from "./bindings.ts";
import { completions, parseCommand, type Command } from "./commands.ts";
import { isText, type KeyName } from "./keys.ts";
import { act, effect, type KeyContext, type Outcome } from "./outcome.ts";
import { askApply, askApprove, askEdit, askVerb, askVerbOn } from "./questions.ts";
import type { Prompt } from "./state.ts";
import { graphemesOf } from "./view/text.ts";

/** `alone`: nothing else came with it. Only such a key answers a question: what was pasted never does. */
export function press(key: KeyName, alone: boolean, context: KeyContext): Outcome {
  const { prompt } = context.state;
  if (prompt === null) return pressOnScreen(key, context);
  switch (prompt.kind) {
    case "apply":
      return answerApply(key === "y" && alone, prompt, context);
    case "verb":
      return answerVerb(key === "y" && alone, prompt);
    case "approve":
    case "typed-verb":
      return key === "enter" && !alone ? act() : typeInto(prompt, key, context);
    case "command":
    case "filter":
      return typeInto(prompt, key, context);
    default:
      return unreachable(prompt);
  }
}

/** What was said before goes with the next key; with Esc alone, and nothing else happens. */
function pressOnScreen(key: KeyName, context: KeyContext): Outcome {
  const outcome = pressBinding(key, context);
  if (context.state.notice === null) return outcome;
  const forget = { kind: "notice", notice: null } as const;
  return key === "esc" ? act(forget) : { ...outcome, do: [forget, ...outcome.do] };
}

function pressBinding(key: KeyName, context: KeyContext): Outcome {
  const binding = bindings.find(({ keys }) => keys.includes(key));
  if (binding === undefined) return act();
  return binding.works(context) || explainsItself.has(key) ? binding.press(context) : act();
}

/** These say why they do nothing, instead of doing nothing. */
const explainsItself: ReadonlySet<KeyName> = new Set(["a", "A", "e", " "]);

function answerApply(
  yes: boolean,
  prompt: Extract<Prompt, { kind: "apply" }>,
  { report }: KeyContext,
): Outcome {
  const close = { kind: "close-prompt" } as const;
  if (!yes) return act(close, { kind: "notice", notice: { tone: "plain", text: "Nothing was applied." } });
  if ((report?.source?.digest ?? null) !== prompt.digest) {
    const text = "The files changed while you looked: nothing was applied. Look at the plan again.";
    return act(close, { kind: "notice", notice: { tone: "warn", text } });
  }
  return effect({ kind: "apply", digest: prompt.digest }, close);
}

function answerVerb(yes: boolean, { words }: Extract<Prompt, { kind: "verb" }>): Outcome {
  const close = { kind: "close-prompt" } as const;
  return yes ? effect({ kind: "run", words }, close, { kind: "unmark" }) : act(close, nothingDone);
}

const nothingDone = { kind: "notice", notice: { tone: "plain", text: "Nothing was done." } } as const;

type TypedPrompt = Extract<Prompt, { text: string }>;

function typeInto(prompt: TypedPrompt, key: KeyName, context: KeyContext): Outcome {
  switch (key) {
    case "enter":
      return submit(prompt, context);
    case "esc":
      return cancel(prompt);
    case "tab":
      return prompt.kind === "command"
        ? type(completions(prompt.text, context.report)[0] ?? prompt.text)
        : act();
    case "backspace":
      return prompt.text === "" ? cancel(prompt) : type(graphemesOf(prompt.text).slice(0, -1).join(""));
    case "ctrl-u":
      return type("");
    case "ctrl-w":
      return type(prompt.text.replace(/\S*\s*$/, ""));
    default:
      return isText(key) && prompt.text.length < longestText ? type(prompt.text + key) : act();
  }
}

const longestText = 200;

function type(text: string): Outcome {
  return act({ kind: "type", text });
}

function cancel(prompt: TypedPrompt): Outcome {
  const close = { kind: "close-prompt" } as const;
  switch (prompt.kind) {
    case "filter":
      return act(close, { kind: "filter", text: prompt.before });
    case "approve":
      return act(close, { kind: "notice", notice: { tone: "plain", text: "Nothing was approved." } });
    case "typed-verb":
      return act(close, nothingDone);
    case "command":
      return act(close);
    default:
      return unreachable(prompt);
  }
}

function submit(prompt: TypedPrompt, context: KeyContext): Outcome {
  const close = { kind: "close-prompt" } as const;
  switch (prompt.kind) {
    case "filter":
      return act(close);
    case "approve":
      return submitApproval(prompt);
    case "typed-verb": {
      if (prompt.text.trim() === prompt.name)
        return effect({ kind: "run", words: prompt.words }, close, { kind: "unmark" });
      const text = `That is not ${prompt.name}: nothing was done.`;
      return act(close, { kind: "notice", notice: { tone: "warn", text } });
    }
    case "command": {
      if (prompt.text.trim() === "") return act(close);
      const outcome = run(parseCommand(prompt.text, context.report), context);
      return { ...outcome, do: [close, ...outcome.do] };
    }
    default:
      return unreachable(prompt);
  }
}

function submitApproval(prompt: Extract<Prompt, { kind: "approve" }>): Outcome {
  const close = { kind: "close-prompt" } as const;
  const [name, ...disks] = prompt.text.trim().split(/\s+/);
  if (name === prompt.vm) return effect({ kind: "approve", vm: prompt.vm, disks }, close);
  const text = `That is not the name ${prompt.vm}: nothing was approved.`;
  return act(close, { kind: "notice", notice: { tone: "warn", text } });
}

function run(command: Command, context: KeyContext): Outcome {
  switch (command.kind) {
    case "screen":
      return act({ kind: "go", screen: command.screen, filter: command.filter });
    case "open":
      return act({ kind: "open", object: command.object, aspect: command.aspect });
    case "page":
      return act({ kind: "page", words: command.words });
    case "verb":
      return askVerb(context, command);
    case "verb-on-marked":
      return askVerbOn(context, command.entry, command.rest);
    case "writable":
      return act({ kind: "writable", writable: command.writable });
    case "sort":
      return act({ kind: "sort", key: command.key });
    case "apply":
      return askApply(context);
    case "approve":
      return askApprove(context, command.vm);
    case "edit":
      return askEdit(context, command.object);
    case "quit":
      return effect({ kind: "quit" });
    case "unknown":
      return act({ kind: "notice", notice: { tone: "warn", text: command.problem } });
    default:
      return unreachable(command);
  }
}
