import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";

import type { Kind } from "../../model/names.ts";
import {
  schemas,
  type AnyDocument,
  type ClusterDocument,
  type NetworkDocument,
  type NodeDocument,
  type ProfileDocument,
  type StoragePoolDocument,
  type VmDocument,
} from "./documents.ts";
import { readsKeyword, type Reads } from "./fields.ts";
import { readQuantity } from "./quantities.ts";

export type Checked =
  | { readonly ok: true; readonly document: AnyDocument }
  | { readonly ok: false; readonly errors: readonly ErrorObject[] };

/** Says whether a value is a document of a kind. A kind's schema is compiled when it is first met. */
export class Validator {
  // That the schemas themselves are legal is for a test to say, not for every start.
  readonly #ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true, validateSchema: false });
  readonly #compiled = new Map<Kind, ValidateFunction<AnyDocument>>();

  constructor() {
    this.#ajv.addKeyword({
      keyword: readsKeyword,
      type: "string",
      schemaType: "object",
      errors: false,
      validate: (reads: Reads, written: unknown) => readQuantity(reads, written).ok,
    });
  }

  check(kind: Kind, value: unknown): Checked {
    const validate = this.#compiled.get(kind) ?? this.#compile[kind]();
    this.#compiled.set(kind, validate);
    return validate(value) ? { ok: true, document: value } : { ok: false, errors: validate.errors ?? [] };
  }

  readonly #compile: Readonly<Record<Kind, () => ValidateFunction<AnyDocument>>> = {
    Cluster: () => this.#ajv.compile<ClusterDocument>(schemas.Cluster),
    Node: () => this.#ajv.compile<NodeDocument>(schemas.Node),
    Profile: () => this.#ajv.compile<ProfileDocument>(schemas.Profile),
    VM: () => this.#ajv.compile<VmDocument>(schemas.VM),
    Network: () => this.#ajv.compile<NetworkDocument>(schemas.Network),
    StoragePool: () => this.#ajv.compile<StoragePoolDocument>(schemas.StoragePool),
  };
}
