import type { IOptions } from "etcd3";

type FaultPolicy = NonNullable<NonNullable<IOptions["faultHandling"]>["global"]>;

const never = new AbortController().signal;

/** Switches etcd3's own retries and circuit breakers off: they do not know which calls may be repeated. */
export class NoFaultHandling implements FaultPolicy {
  declare readonly _altReturn: never;
  readonly onSuccess = neverFires;
  readonly onFailure = neverFires;

  async execute<T>(
    call: (context: { signal: AbortSignal }) => PromiseLike<T> | T,
    signal = never,
  ): Promise<T> {
    return call({ signal });
  }
}

function neverFires(): { dispose(): void } {
  return { dispose: () => undefined };
}
