/**
 * Where a piece of a scalar's value is in the text that it was written in; the whole scalar, where that cannot be told
 * (escapes, lines that were folded). `scalar`: the offsets of the scalar; `piece`: offsets in its value.
 */
export function withinScalar(
  text: string,
  scalar: readonly [number, number],
  piece: readonly [number, number],
): readonly [number, number] {
  const [from, to] = scalar;
  const written = text.slice(from, to);
  if (written.startsWith("|")) return withinBlock(written, from, piece) ?? scalar;
  const isQuoted = /^["']/.test(written);
  // A value of one line is written as it is, but for what quotes make of some characters.
  if (/[\n\\]/.test(written) || written.slice(1, -1).includes("''")) return scalar;
  const start = isQuoted ? from + 1 : from;
  return [start + piece[0], start + piece[1]];
}

/** Its lines follow the one with the `|`, each indented as much as the first one that holds anything. */
function withinBlock(
  written: string,
  from: number,
  [start, end]: readonly [number, number],
): readonly [number, number] | undefined {
  const header = written.indexOf("\n") + 1;
  const lines = written.slice(header).split("\n");
  const given = /^\|[+-]?([1-9])/.test(written);
  const indent = /^ */.exec(lines.find((line) => line.trim() !== "") ?? "")?.[0].length ?? 0;
  // An indentation that is written as a number is one of the parent's, which is not known here.
  if (header === 0 || given) return undefined;
  let offset = from + header;
  let inValue = 0;
  for (const line of lines) {
    const length = Math.max(0, line.replace(/\r$/, "").length - indent);
    if (start <= inValue + length) {
      const at = offset + indent + (start - inValue);
      return [at, at + (end - start)];
    }
    inValue += length + 1;
    offset += line.length + 1;
  }
  return undefined;
}
