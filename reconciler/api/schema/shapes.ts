/** How schemas of answers are put together. Every field of an answer is always there; null is said, not left out. */
import Type, { type TProperties, type TSchema } from "typebox";
import { namePattern } from "../../model/names.ts";

/** A shape that has a name of its own in the OpenAPI document. */
export function ref(name: string): TSchema {
  return Type.Ref(name);
}

/** Fields may be added to it later, so it is open. */
export function shape(description: string, fields: TProperties): TSchema {
  return Type.Object(fields, { description });
}

export function orNull(schema: TSchema): TSchema {
  return Type.Union([schema, Type.Null()]);
}

export function listOf(schema: TSchema, description?: string): TSchema {
  return Type.Array(schema, description === undefined ? {} : { description });
}

export function oneOf<const Word extends string>(words: readonly Word[], description?: string) {
  return Type.Unsafe<Word>({
    type: "string",
    enum: [...words],
    ...(description === undefined ? {} : { description }),
  });
}

export function text(description?: string): TSchema {
  return Type.String(description === undefined ? {} : { description });
}

export function time(description?: string): TSchema {
  return Type.String({ format: "date-time", ...(description === undefined ? {} : { description }) });
}

export function whole(description?: string): TSchema {
  return Type.Integer(description === undefined ? {} : { description });
}

export function number(description?: string): TSchema {
  return Type.Number(description === undefined ? {} : { description });
}

export function yesNo(description?: string): TSchema {
  return Type.Boolean(description === undefined ? {} : { description });
}

/** The name of an object, as files have it. */
export function name(description: string, examples: readonly string[]): ReturnType<typeof Type.String> {
  return Type.String({ pattern: namePattern, description, examples: [...examples] });
}
