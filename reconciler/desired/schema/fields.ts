import { Type, type Static, type TSchema } from "typebox";

import { namePattern } from "../../model/names.ts";
import { durationPattern } from "../durations.ts";
import { reservePattern } from "../reserve.ts";
import { sizePattern } from "../sizes.ts";
import { timePattern } from "../times.ts";

/** What every field tells the administrator's editor. `default` only where leaving the field out means a value. */
export interface About {
  readonly description: string;
  readonly default?: unknown;
  readonly examples: readonly unknown[];
}

/**
 * The keyword by which the validator knows a text that stands for a quantity: it is read by the unit's parser, so that
 * what passes can be converted, and what does not gets the parser's advice. `min` and `max` are written in the unit.
 */
export const readsKeyword = "x-reads";

export interface Reads {
  readonly as: "size" | "duration" | "reserve" | "time";
  readonly min?: string;
  /** Durations that another system takes in whole seconds only. */
  readonly wholeSeconds?: true;
}

/** A map with exactly these fields. */
export function map<P extends Record<string, TSchema>>(
  fields: P,
  about: About,
  more: Record<string, unknown> = {},
) {
  return Type.Object(fields, { additionalProperties: false, ...about, ...more });
}

/** One of a few words. */
export function choice<const Word extends string>(words: readonly Word[], about: About) {
  return Type.Unsafe<Word>({ type: "string", enum: [...words], ...about });
}

/** The name of an object of some kind. */
export function name(about: About) {
  return Type.String({ pattern: namePattern, ...about });
}

/** Free text that fits on a line and needs no quotes: tags, labels, groups. */
export function word(about: About) {
  return Type.String({ pattern: wordPattern, ...about });
}
export const wordPattern = "^[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$";

export function text(about: About) {
  return Type.String({ minLength: 1, maxLength: 1024, ...about });
}

/** A path on a node; absolute, so that one file has one name. */
export function absolutePath(about: About) {
  return Type.String({ pattern: "^(/[^/\\u0000-\\u001f]+)+$", maxLength: 1024, ...about });
}

export function integer(bounds: { readonly minimum: number; readonly maximum: number }, about: About) {
  return Type.Integer({ ...bounds, ...about });
}

export function toggle(about: About) {
  return Type.Boolean({ ...about });
}

export function size(about: About, min?: string) {
  return Type.String({ pattern: sizePattern, ...reads("size", min), ...about });
}

export function duration(about: About, limits: Omit<Reads, "as"> = {}) {
  return Type.String({ pattern: durationPattern, [readsKeyword]: { as: "duration", ...limits }, ...about });
}

export function reserve(about: About) {
  return Type.String({ pattern: reservePattern, ...reads("reserve"), ...about });
}

export function time(about: About) {
  return Type.String({ pattern: timePattern, ...reads("time"), ...about });
}

/** A list; `unique` refuses the same entry twice. */
export function list<S extends TSchema>(
  items: S,
  about: About,
  more: { minItems?: number; uniqueItems?: true } = {},
) {
  return Type.Array(items, { maxItems: 1024, ...more, ...about });
}

/**
 * A field that may be left out, or written as `null`, which takes back what a profile said: the default is in force
 * again.
 */
export function resettable<S extends TSchema>(schema: S) {
  return Type.Optional(Type.Unsafe<Static<S> | null>(acceptingNull(schema)));
}

export function optional<S extends TSchema>(schema: S) {
  return Type.Optional(schema);
}

function acceptingNull(schema: TSchema): Record<string, unknown> {
  const plain: Record<string, unknown> = { ...schema };
  const words: unknown = plain["enum"];
  return {
    ...plain,
    type: [plain["type"], "null"],
    ...(isList(words) ? { enum: [...words, null] } : {}),
  };
}

function reads(as: Reads["as"], min?: string): Record<string, Reads> {
  return { [readsKeyword]: { as, ...(min === undefined ? {} : { min }) } };
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
