import type { ErrorReply } from "../errors.ts";
import type { XdrReader } from "../xdr/reader.ts";
import { readDomain, readOptionalString, readString, readUuid } from "./values.ts";

/** `remote_error`. */
export function readErrorReply(input: XdrReader): ErrorReply {
  const code = input.int();
  const domain = input.int();
  const message = readOptionalString(input);
  const level = input.int();
  input.optional(() => readDomain(input));
  const texts = [readOptionalString(input), readOptionalString(input), readOptionalString(input)];
  const numbers = [input.int(), input.int()];
  input.optional(() => ({ network: readString(input), uuid: readUuid(input) }));
  return {
    code,
    domain,
    level,
    message: message ?? `error ${code}`,
    texts: texts.filter((text) => text !== null),
    numbers,
  };
}
