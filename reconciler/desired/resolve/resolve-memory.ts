import { hash } from "node:crypto";

import type { Vm } from "../../model/desired.ts";
import type { Kind } from "../../model/names.ts";
import type { Finding } from "../issues/finding.ts";
import { canonicalJson } from "../canonical-json.ts";
import type { AnyDocument, ProfileDocument, VmDocument } from "../schema/documents.ts";
import { Validator, type Checked } from "../schema/validators.ts";

/** Its compiled schemas hold for the whole process. */
const validator = new Validator();

/**
 * What one resolution leaves for the next. Documents are values: the same object has the same content, so what was
 * worked out for it holds as long as its profiles are the same objects too.
 */
export class ResolveMemory {
  readonly #legal = new WeakMap<object, AnyDocument>();
  readonly #vms = new WeakMap<
    VmDocument,
    { readonly profiles: readonly ProfileDocument[]; readonly vm: Vm }
  >();
  readonly #xmlFindings = new WeakMap<VmDocument, readonly Finding[]>();
  readonly #digests = new WeakMap<AnyDocument, string>();

  /** Whether a value is a document of that kind. */
  check(kind: Kind, value: unknown): Checked {
    const known = typeof value === "object" && value !== null ? this.#legal.get(value) : undefined;
    if (known?.kind === kind) return { ok: true, document: known };
    const checked = validator.check(kind, value);
    if (checked.ok) this.#legal.set(checked.document, checked.document);
    return checked;
  }

  /** The VM that was found to be legal with just these profiles. */
  legalVm(document: VmDocument, profiles: readonly ProfileDocument[]): Vm | undefined {
    const known = this.#vms.get(document);
    if (known === undefined || known.profiles.length !== profiles.length) return undefined;
    return known.profiles.every((profile, index) => profile === profiles[index]) ? known.vm : undefined;
  }

  keepLegalVm(document: VmDocument, profiles: readonly ProfileDocument[], vm: Vm): void {
    this.#vms.set(document, { profiles, vm });
  }

  /** What is wrong with a document's domain XML on its own: to find out takes a while. */
  xmlFindings(document: VmDocument, find: () => readonly Finding[]): readonly Finding[] {
    const found = this.#xmlFindings.get(document) ?? find();
    this.#xmlFindings.set(document, found);
    return found;
  }

  digestOf(document: AnyDocument): string {
    const known = this.#digests.get(document);
    if (known !== undefined) return known;
    const digest = hash("sha256", canonicalJson(document));
    this.#digests.set(document, digest);
    return digest;
  }
}
