import { Etcd3, type IOptions } from "etcd3";
import type { Clock } from "../../model/clock.ts";
import { NoFaultHandling } from "./no-fault-handling.ts";

/** TLS: what `https://` endpoints are checked against, and what this client shows them. PEM. */
export interface StoreCredentials {
  readonly rootCertificate: Buffer;
  readonly privateKey?: Buffer;
  readonly certChain?: Buffer;
}

export interface Endpoint {
  readonly address: string;
  /** A client of this one member only: which member is asked next is decided here, not by the library. */
  readonly client: Etcd3;
}

export interface EndpointOptions {
  readonly endpoints: readonly string[];
  readonly clock: Clock;
  readonly requestTimeoutMs: number;
  readonly credentials?: StoreCredentials;
}

/** etcd throws out clients that ping more often than every 5 s. */
const pingEveryMs = 10_000;
const pingTimeoutMs = 3_000;

/** The members of one etcd. All calls go to the preferred one, until it fails; then the next is preferred. */
export class Endpoints {
  readonly all: readonly Endpoint[];
  #preferred = 0;

  constructor(options: EndpointOptions) {
    if (options.endpoints.length === 0) throw new Error("the store has no endpoint: name at least one");
    this.all = options.endpoints.map((address) => ({
      address,
      client: new Etcd3(clientOptions(address, options)),
    }));
  }

  get addresses(): string {
    return this.all.map(({ address }) => address).join(", ");
  }

  /** The `n`th to be asked, the preferred one first; after the last it begins again. */
  nth(n: number): Endpoint {
    const endpoint = this.all[(this.#preferred + n) % this.all.length];
    if (endpoint === undefined) throw new RangeError("the store has no endpoint");
    return endpoint;
  }

  /** Others are to be asked first from now on. */
  avoid(endpoint: Endpoint): void {
    if (this.nth(0) === endpoint) this.#preferred = (this.#preferred + 1) % this.all.length;
  }

  close(): void {
    for (const { client } of this.all) client.close();
  }
}

function clientOptions(address: string, { clock, requestTimeoutMs, credentials }: EndpointOptions): IOptions {
  const { hosts, secure } = parseAddress(address);
  return {
    hosts,
    ...(secure && credentials !== undefined ? { credentials: { ...credentials } } : {}),
    defaultCallOptions: ({ isStream }) => (isStream ? {} : { deadline: clock.now() + requestTimeoutMs }),
    faultHandling: { host: () => new NoFaultHandling(), global: new NoFaultHandling() },
    grpcOptions: {
      "grpc.keepalive_time_ms": pingEveryMs,
      "grpc.keepalive_timeout_ms": pingTimeoutMs,
      "grpc.initial_reconnect_backoff_ms": 100,
      "grpc.max_reconnect_backoff_ms": 1_000,
      "grpc.service_config_disable_resolution": 1,
      // Answers are bounded by what is asked for: pages, and what one transaction can change.
      "grpc.max_receive_message_length": -1,
    },
  };
}

function parseAddress(address: string): { readonly hosts: string; readonly secure: boolean } {
  if (address.startsWith("unix:/")) return { hosts: address, secure: false };
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.port === "") {
    throw new Error(
      `${address} is no endpoint of a store: write http://host:port, https://host:port or unix:/path`,
    );
  }
  return { hosts: `${url.protocol}//${url.host}`, secure: url.protocol === "https:" };
}
