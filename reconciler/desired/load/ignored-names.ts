/** What editors and tools leave beside the files that people write. Of a folder: nothing in it is read either. */
const ignored = [/^\./, /~$/, /\.swp$/, /^4913$/, /^#.*#$/, /\.tmp$/, /\.bak$/, /\.orig$/];

export function isIgnoredName(name: string): boolean {
  return ignored.some((pattern) => pattern.test(name));
}

export function isDocumentName(name: string): boolean {
  return (name.endsWith(".yaml") || name.endsWith(".yml")) && !isIgnoredName(name);
}

/** Files that a document may name. */
export function isAttachmentName(name: string): boolean {
  return name.endsWith(".xml") && !isIgnoredName(name);
}
