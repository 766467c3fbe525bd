/** Pieces of an HTML page. Whatever is not a piece itself is text and is escaped: here, and nowhere else. */
import { harmless } from "../../../tui/view/text.ts";

export type Content = Markup | string | number | null | readonly Content[];

/** Only `markup` and `trusted` make one, so a string never gets into a page as it is. */
export class Markup {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** What stands in the source of this program, and comes from nobody else. */
  static trusted(text: string): Markup {
    return new Markup(text);
  }

  toString(): string {
    return this.#text;
  }
}

/** The literal parts are HTML; the values are content, also inside quoted attributes. */
export function markup(literal: TemplateStringsArray, ...values: readonly Content[]): Markup {
  const parts = literal.map((part, index) => part + render(values[index] ?? null));
  return Markup.trusted(parts.join(""));
}

/** Advice and reasons write commands in backticks. */
export function prose(text: string): Content {
  return text.split("`").map((part, index) => (index % 2 === 0 ? part : markup`<code>${part}</code>`));
}

function render(content: Content): string {
  if (content === null) return "";
  if (content instanceof Markup) return content.toString();
  if (typeof content === "object") return content.map(render).join("");
  return escaped(String(content));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return harmless(text).replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? "");
}
