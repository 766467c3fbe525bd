/** Variables of a message; the message itself is a constant phrase in lower case. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Where shells tell what they do. debug: what a decision was made from. info: something changed. warn: degraded, and
 * going on. error: somebody must act.
 */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const nothing = (): void => undefined;

/** For tests and the simulator. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
