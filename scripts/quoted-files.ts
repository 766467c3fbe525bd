/** Files that a Markdown text quotes whole. Pure; `npm run docs` renews the quotes, a test sees that they are fresh. */

/** `<!-- from PATH -->`, an empty line, then the block whose content is that file's: head, path, fence, foot. */
const quote = /^(<!-- from (\S+) -->\n\n(`{3,})\w*\n)[\s\S]*?^(\3)$/gmu;

/** The text with each quoted file as `read` gives it. */
export function requote(markdown: string, read: (path: string) => string): string {
  return markdown.replaceAll(
    quote,
    (_, head: string, path: string, _fence, foot: string) => `${head}${read(path).trimEnd()}\n${foot}`,
  );
}
