/**
 * The one catalogue of errors that users meet: permanent code, exit status of the command, HTTP status, what happened
 * and what to do. `docs/errors.md` is generated from it. Programmer errors are not here: they crash.
 */
export interface ErrorEntry {
  readonly exit: ExitCode;
  readonly http: number;
  /** What happened; `{parameters}` are filled in. */
  readonly text: string;
  /** What to do next. */
  readonly advice: string;
}

/** Exit codes of `keel` (docs/errors.md). 2 is `--detailed-exitcode` alone: apply would do something. */
export const exitCodes = {
  ok: 0,
  error: 1,
  changes: 2,
  approval: 3,
  stale: 4,
  invalid: 5,
  unreachable: 6,
  partial: 7,
  usage: 64,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const errorCatalogue = {
  "usage": {
    exit: exitCodes.usage,
    http: 400,
    text: "{problem}",
    advice: "`{command} --help` shows how it is meant.",
  },
  "not-found": {
    exit: exitCodes.error,
    http: 404,
    text: "There is no {what} named {name}.",
    advice: "`keel get {kind}` lists what there is.",
  },
  "no-generation": {
    exit: exitCodes.error,
    http: 404,
    text: "There is no generation {generation}: {why}.",
    advice: "`keel history` lists those that are kept.",
  },
  "source-invalid": {
    exit: exitCodes.invalid,
    http: 422,
    text: "{count} in {directory}: it cannot be read as a whole; nothing was changed.",
    advice: "Correct them; what was applied last stays in force until then.",
  },
  "source-suspect": {
    exit: exitCodes.invalid,
    http: 409,
    text: "{directory} is suspect: {why}. Nothing of it is applied.",
    advice: "If that is meant, `keel apply --allow-orphan={count}`; else put the files back.",
  },
  "source-unreadable": {
    exit: exitCodes.invalid,
    http: 503,
    text: "{directory} cannot be read: {why}. A folder that cannot be read is not an empty one: nothing was changed.",
    advice: "Mount or create it (`keel init` writes one to begin with), or name another with `--dir`.",
  },
  "source-taken": {
    exit: exitCodes.error,
    http: 409,
    text: "The reconciler {id} on {host} watches {directory} already, and one folder edits a cluster.",
    advice: "Edit there, or end that reconciler first; without `--source` any number may run.",
  },
  "stale-folder": {
    exit: exitCodes.stale,
    http: 409,
    text: "{directory} is based on generation {base}, and {head} is in force: applying it would undo {what}.",
    advice: "Take these changes into the files, or say that they are to be undone: `keel apply -y --undo`.",
  },
  "cluster-renamed": {
    exit: exitCodes.invalid,
    http: 409,
    text: "The files name the cluster {files}, the store holds {store}.",
    advice: "A cluster keeps its name: change it back in the files, or name another store.",
  },
  "store-not-found": {
    exit: exitCodes.unreachable,
    http: 503,
    text: "No store was named, and there is no {file} here.",
    advice: "Start one with `keel up`, or name one with `--store` or KEEL_STORE.",
  },
  "store-unreachable": {
    exit: exitCodes.unreachable,
    http: 503,
    text: "The store at {endpoints} does not answer: {why}. Nothing is known, so nothing was changed.",
    advice: "Guests keep running. Bring the store back, then repeat the command.",
  },
  "store-damaged": {
    exit: exitCodes.error,
    http: 500,
    text: "The store holds something that cannot be read: {why}.",
    advice: "Nothing was changed. Upgrade keel if the record is of a newer version; else restore a backup.",
  },
  "backup-damaged": {
    exit: exitCodes.error,
    http: 422,
    text: "{file} is not a backup as it was made: {why}.",
    advice: "Nothing was changed. Take another backup; `keel store verify FILE` tells whether one is whole.",
  },
  "store-frozen": {
    exit: exitCodes.unreachable,
    http: 503,
    text: "The store is frozen: {why} (found by {by}). Nothing is decided or begun.",
    advice: "Guests keep running. Look at `keel store accept-restore`: it shows what differs, and asks.",
  },
  "state-folder": {
    exit: exitCodes.error,
    http: 500,
    text: "What is seen of the store cannot be remembered in {folder}: {why}.",
    advice: "Make it a folder of the user that runs this, or name another with `--state` or KEEL_STATE.",
  },
  "stale-plan": {
    exit: exitCodes.stale,
    http: 409,
    text: "The plan is stale: {what} changed since it was made.",
    advice: "Run `keel plan` again and look at what it says now.",
  },
  "plan-used": {
    exit: exitCodes.stale,
    http: 409,
    text: "This plan was applied before, by {by} at {at}.",
    advice: "A saved plan is good for one apply. Run `keel plan` again.",
  },
  "scenario-invalid": {
    exit: exitCodes.invalid,
    http: 400,
    text: "The scenario cannot be played: {problems}",
    advice: "Mend what is named and play it again; `keel simulate --help` shows what a scenario may say.",
  },
  "plan-unreadable": {
    exit: exitCodes.error,
    http: 400,
    text: "{file} is not a saved plan: {why}.",
    advice: "`keel plan --out FILE` writes one.",
  },
  "apply-conflict": {
    exit: exitCodes.stale,
    http: 409,
    text: "Somebody else applied generation {generation} meanwhile; nothing of yours was applied.",
    advice: "Run `keel plan` again and look at what it says now.",
  },
  "approval-needed": {
    exit: exitCodes.approval,
    http: 403,
    text: "Not done, for want of an approval that names it: {what}.",
    advice: "The rest was applied. `keel approve vm/NAME --destroy` approves one.",
  },
  "refused": {
    exit: exitCodes.error,
    http: 409,
    text: "{what} was refused: {why}.",
    advice: "{advice}",
  },
  "apply-failed": {
    exit: exitCodes.partial,
    http: 500,
    text: "{failed} of {total} steps failed; the others are done.",
    advice: "`keel why vm/NAME` says why. Running `keel apply` again is safe.",
  },
  "edit-conflict": {
    exit: exitCodes.stale,
    http: 409,
    text: "{what} was refused: {why}. Nothing was changed in {directory}.",
    advice: "Somebody edits there too: look at it, and repeat the command.",
  },
  "not-reached": {
    exit: exitCodes.partial,
    http: 409,
    text: "{what}: {why}.",
    advice: "It is still what the files ask for, and is done as soon as it can be; `keel why` says more.",
  },
  "not-confirmed": {
    exit: exitCodes.error,
    http: 400,
    text: "Nothing was applied: {why}.",
    advice: "Answer `yes`, or use `-y` where no one can answer.",
  },
  "already-running": {
    exit: exitCodes.error,
    http: 409,
    text: "{what} is already running ({where}).",
    advice: "Use the one that runs, or stop it first.",
  },
  "source-elsewhere": {
    exit: exitCodes.error,
    http: 409,
    text: "{what} was refused: the files of this cluster are in {directory} on {host}, not here.",
    advice: "Ask the API that runs there, or edit there.",
  },
  "document-invalid": {
    exit: exitCodes.invalid,
    http: 422,
    text: "{what} was refused: {count} in it; nothing was changed.",
    advice: "Correct what is named, and send it again.",
  },
  "request-invalid": {
    exit: exitCodes.usage,
    http: 400,
    text: "{problem}",
    advice: "`GET /api/v1/openapi.json` says what is taken here.",
  },
  "no-route": {
    exit: exitCodes.usage,
    http: 404,
    text: "The API has nothing at {path}.",
    advice: "`GET /api/v1/openapi.json` lists what it has.",
  },
  "method-not-allowed": {
    exit: exitCodes.usage,
    http: 405,
    text: "{path} takes no {method}; it takes {allowed}.",
    advice: "`GET /api/v1/openapi.json` says what each does.",
  },
  "body-too-large": {
    exit: exitCodes.usage,
    http: 413,
    text: "The body is larger than {limit} bytes.",
    advice: "Send less at once; a whole folder belongs in files.",
  },
  "media-type": {
    exit: exitCodes.usage,
    http: 415,
    text: "{type} is not read here; {allowed} is.",
    advice: "Name what is sent in Content-Type.",
  },
  "unauthenticated": {
    exit: exitCodes.error,
    http: 401,
    text: "{why}.",
    advice: "Send `Authorization: Bearer TOKEN`; `keel token create` makes one.",
  },
  "forbidden": {
    exit: exitCodes.error,
    http: 403,
    text: "{who} is a {role}, and this needs a token of the role {needed}.",
    advice: "`keel token create NAME --role {needed}` makes one.",
  },
  "too-many-failures": {
    exit: exitCodes.error,
    http: 429,
    text: "Too many wrong tokens came from {address}.",
    advice: "Nothing is taken from there for {seconds} s.",
  },
  "precondition-failed": {
    exit: exitCodes.stale,
    http: 412,
    text: "The cluster has moved on: revision {now} is in force, not {wanted}. Nothing was changed.",
    advice: "Read it again, and repeat the change if it is still meant.",
  },
  "overloaded": {
    exit: exitCodes.error,
    http: 503,
    text: "{count} are at work or waiting already, and no more are taken.",
    advice: "Come back in a while.",
  },
  "timed-out": {
    exit: exitCodes.error,
    http: 503,
    text: "There was no answer within {seconds} s.",
    advice: "What was begun goes on: look at how it stands before repeating it.",
  },
  "interrupted": {
    exit: exitCodes.interrupted,
    http: 499,
    text: "Interrupted.",
    advice: "What was begun goes on; `keel get` shows where it stands.",
  },
  "failed": {
    exit: exitCodes.error,
    http: 500,
    text: "{what} failed: {why}.",
    advice: "{advice}",
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;

export type ErrorCode = keyof typeof errorCatalogue;
export type ErrorParameters = Readonly<Record<string, string | number>>;

/** An error for the user. The message is complete; `advice` says what to do. */
export class KeelError extends Error {
  readonly code: ErrorCode;
  readonly advice: string;
  readonly parameters: ErrorParameters;

  constructor(code: ErrorCode, parameters: ErrorParameters = {}, options?: ErrorOptions) {
    const entry: ErrorEntry = errorCatalogue[code];
    super(fill(entry.text, parameters), options);
    this.name = "KeelError";
    this.code = code;
    this.advice = fill(entry.advice, parameters);
    this.parameters = parameters;
  }

  get exit(): ExitCode {
    return errorCatalogue[this.code].exit;
  }

  get http(): number {
    return errorCatalogue[this.code].http;
  }
}

function fill(text: string, parameters: ErrorParameters): string {
  return text.replaceAll(/\{(\w+)\}/g, (braces, name: string) => String(parameters[name] ?? braces));
}
