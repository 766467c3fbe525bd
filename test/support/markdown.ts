/** Links of a Markdown text that point into the checkout, and the anchors that a text offers. */

/** Targets of `[text](target)`, without those that leave the checkout. Code spans and blocks hold none. */
export function localLinks(markdown: string): readonly string[] {
  return [...withoutCode(markdown).matchAll(/\]\((?<target>[^)\s]+)\)/gu)]
    .map((match) => match.groups?.["target"] ?? "")
    .filter((target) => !/^[a-z]+:/u.test(target));
}

/** Anchors of the headings, made as code hosts make them. */
export function anchors(markdown: string): readonly string[] {
  return [...withoutBlocks(markdown).matchAll(/^#+ (?<heading>.+)$/gmu)].map((match) =>
    (match.groups?.["heading"] ?? "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/gu, "-"),
  );
}

function withoutCode(markdown: string): string {
  return withoutBlocks(markdown).replaceAll(/`[^`\n]*`/gu, "");
}

function withoutBlocks(markdown: string): string {
  return markdown.replaceAll(/^```[\s\S]*?^```/gmu, "");
}
