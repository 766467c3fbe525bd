import { posix } from "node:path";

import { isXmlText } from "../resolve/domain-xml.ts";
import type { PlacedFinding } from "../resolve/placed-finding.ts";
import { domainXmlMaxLength } from "../schema/vm.ts";
import type { VmDocument } from "../schema/documents.ts";
import type { SourceDocument } from "../source-document.ts";

/**
 * Puts the files that documents name in the place of their names, so that a document means the same without the
 * folder. The same document with the same file gives the same object again.
 */
export class Attachments {
  /** By their path in the folder. */
  readonly #texts: ReadonlyMap<string, string>;
  readonly #memory: WeakMap<VmDocument, VmDocument>;

  constructor(texts: ReadonlyMap<string, string>, memory: WeakMap<VmDocument, VmDocument>) {
    this.#texts = texts;
    this.#memory = memory;
  }

  /** The same with more texts, by their paths. */
  with(texts: ReadonlyMap<string, string>): Attachments {
    return texts.size === 0 ? this : new Attachments(new Map([...this.#texts, ...texts]), this.#memory);
  }

  equals(other: Attachments): boolean {
    if (this.#texts.size !== other.#texts.size) return false;
    return [...this.#texts].every(([path, text]) => other.#texts.get(path) === text);
  }

  /** The text of the file that a document names, and its path in the folder. */
  textOf(file: string, document: VmDocument): { readonly path: string; readonly text: string } | undefined {
    const name = attachmentOf(document);
    const path = name === undefined ? undefined : attachmentPath(file, name);
    const text = path === undefined ? undefined : this.#texts.get(path);
    return path === undefined || text === undefined ? undefined : { path, text };
  }

  inline(sources: readonly SourceDocument[]): {
    readonly documents: readonly SourceDocument[];
    readonly findings: readonly PlacedFinding[];
  } {
    const findings: PlacedFinding[] = [];
    const documents = sources.map((source) => {
      const { document } = source;
      if (document.kind !== "VM") return source;
      const name = attachmentOf(document);
      if (name === undefined) return source;
      const read = this.#read(source.file, name);
      if (typeof read === "string") return { ...source, document: this.#withXml(document, read) };
      findings.push({ source, finding: { ...read, path: ["domain", "xml"], at: "value" } });
      return { ...source, document: withoutXml(document) };
    });
    return { documents, findings };
  }

  #read(file: string, name: string): string | Omit<PlacedFinding["finding"], "path" | "at"> {
    const path = attachmentPath(file, name);
    if (path === undefined) {
      const message = `${name} is not inside the folder`;
      return { code: "domain.xml-outside", message, advice: "put the file beside the document" };
    }
    const text = this.#texts.get(path);
    if (text === undefined) {
      const message = `there is no readable file ${path}`;
      return {
        code: "domain.xml-missing",
        message,
        advice: "the name is relative to this file, and ends in .xml",
      };
    }
    if (text.length <= domainXmlMaxLength && isXmlText(text.replace(/^\ufeff/, ""))) return text;
    const message = `${path} is not a libvirt domain`;
    return { code: "domain.xml-illegal", message, advice: "it must be one <domain …>…</domain>" };
  }

  #withXml(document: VmDocument, xml: string): VmDocument {
    const known = this.#memory.get(document);
    if (known?.domain?.xml === xml) return known;
    const inlined = { ...document, domain: { ...document.domain, xml } };
    this.#memory.set(document, inlined);
    return inlined;
  }
}

/** What is wrong with the file was said; nothing is to be said of what stands in its place. */
function withoutXml(document: VmDocument): VmDocument {
  const { domain: _domain, ...rest } = document;
  return rest;
}

/** The file that a document names, as it was written. */
export function attachmentOf(document: VmDocument): string | undefined {
  const xml = document.domain?.xml;
  return xml === undefined || isXmlText(xml) ? undefined : xml;
}

/** The path in the folder of a file that a document names; undefined: outside of it. */
export function attachmentPath(file: string, name: string): string | undefined {
  const path = posix.normalize(posix.join(posix.dirname(file), name));
  return posix.isAbsolute(name) || path.startsWith("../") ? undefined : path;
}
