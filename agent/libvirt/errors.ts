/**
 * How a call can fail: libvirt said no (`LibvirtError`), or no answer is known (`LinkError`). After a `LinkError` what
 * was asked for may have been done all the same; only asking again tells.
 */

/** libvirt's own refusal, as it came inside the answer. */
export interface ErrorReply {
  /** `virErrorNumber`; those that callers branch on are in `errorCodes`. */
  readonly code: number;
  /** `virErrorDomain`: which part of libvirt it comes from. */
  readonly domain: number;
  /** `virErrorLevel`: 1 = warning, 2 = error. */
  readonly level: number;
  readonly message: string;
  /** More texts and numbers; what they mean depends on the code. */
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
}

export class LibvirtError extends Error {
  readonly code: number;
  readonly domain: number;
  readonly level: number;
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
  /** The procedure that was called. */
  readonly procedure: string;

  constructor(procedure: string, reply: ErrorReply) {
    super(reply.message);
    this.name = "LibvirtError";
    this.procedure = procedure;
    this.code = reply.code;
    this.domain = reply.domain;
    this.level = reply.level;
    this.texts = reply.texts;
    this.numbers = reply.numbers;
  }
}

/** `virErrorNumber`, as far as anybody here asks. */
export const errorCodes = {
  internal: 1,
  noSupport: 3,
  noConnection: 5,
  invalidArgument: 8,
  operationFailed: 9,
  xml: 27,
  domainExists: 28,
  systemError: 38,
  rpc: 39,
  noDomain: 42,
  authenticationFailed: 45,
  operationInvalid: 55,
  configurationUnsupported: 67,
  operationTimeout: 68,
  migrationPersistFailed: 69,
  argumentUnsupported: 74,
  operationAborted: 78,
  noMetadata: 80,
  migrationUnsafe: 81,
  operationUnsupported: 84,
  resourceBusy: 87,
  accessDenied: 88,
  cpuIncompatible: 91,
  xmlInvalidSchema: 92,
  deviceMissing: 99,
} as const;

export type LinkErrorCode =
  /** Nobody listens there, or the way there is cut. */
  | "unreachable"
  /** The other side broke the protocol; the connection has ended. */
  | "protocol"
  /** The connection has ended, by either side. */
  | "closed"
  /** No answer in the time that was given. */
  | "timeout"
  /** The server asks for a way of authentication that this client does not know. */
  | "authentication"
  /** More calls wait than the connection lets wait. */
  | "overloaded";

export class LinkError extends Error {
  readonly code: LinkErrorCode;
  constructor(code: LinkErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LinkError";
    this.code = code;
  }
}

/** Bytes that are no XDR of what was expected. */
export class DecodeError extends Error {
  /** Where in the payload. */
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(`${message}, at byte ${offset}`);
    this.name = "DecodeError";
    this.offset = offset;
  }
}
