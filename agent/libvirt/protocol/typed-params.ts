import { DecodeError } from "../errors.ts";
import type { XdrReader } from "../xdr/reader.ts";
import type { XdrWriter } from "../xdr/writer.ts";
import { readString, writeString } from "./values.ts";

/** `virTypedParameter`: a named value that carries its type. 64-bit numbers are bigints, always. */
export type TypedParam = { readonly field: string } & (
  | { readonly type: "int" | "uint" | "double"; readonly value: number }
  | { readonly type: "llong" | "ullong"; readonly value: bigint }
  | { readonly type: "boolean"; readonly value: boolean }
  | { readonly type: "string"; readonly value: string }
);

/** On the wire: the index + 1. */
const types = ["int", "uint", "llong", "ullong", "double", "boolean", "string"] as const;

export function writeTypedParams(out: XdrWriter, params: readonly TypedParam[], limit: number): void {
  out.list(params, limit, (param) => {
    writeString(out, param.field);
    out.int(types.indexOf(param.type) + 1);
    writeValue(out, param);
  });
}

export function readTypedParams(input: XdrReader, limit: number): readonly TypedParam[] {
  return input.list(limit, () => {
    const field = readString(input);
    const number = input.int();
    const type = types[number - 1];
    if (type === undefined) {
      throw new DecodeError(`the parameter ${field} has the unknown type ${number}`, 0);
    }
    return readValue(input, field, type);
  });
}

/** A parameter's number, whatever its type; null where there is none of that name, or no number. */
export function numberOf(params: readonly TypedParam[], field: string): number | null {
  const value = params.find((param) => param.field === field)?.value;
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : null;
}

function writeValue(out: XdrWriter, param: TypedParam): void {
  switch (param.type) {
    case "int": {
      out.int(param.value);
      return;
    }
    case "uint": {
      out.uint(param.value);
      return;
    }
    case "llong": {
      out.hyper(param.value);
      return;
    }
    case "ullong": {
      out.uhyper(param.value);
      return;
    }
    case "double": {
      out.double(param.value);
      return;
    }
    case "boolean": {
      out.int(param.value ? 1 : 0);
      return;
    }
    case "string": {
      writeString(out, param.value);
      return;
    }
  }
}

function readValue(input: XdrReader, field: string, type: TypedParam["type"]): TypedParam {
  switch (type) {
    case "int":
      return { field, type, value: input.int() };
    case "uint":
      return { field, type, value: input.uint() };
    case "llong":
      return { field, type, value: input.hyper() };
    case "ullong":
      return { field, type, value: input.uhyper() };
    case "double":
      return { field, type, value: input.double() };
    case "boolean":
      return { field, type, value: input.int() !== 0 };
    case "string":
      return { field, type, value: readString(input) };
  }
}
