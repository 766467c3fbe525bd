import type { IssueCode } from "../issues/issue-codes.ts";

/** What a domain's own XML uses that no other VM may use. */
export interface DomainXmlUse {
  /** `pool/name` of a volume, or a path. */
  readonly disks: readonly { readonly source: string; readonly isFile: boolean; readonly shared: boolean }[];
  readonly macs: readonly string[];
}

/** Whether a `domain.xml` field holds the XML itself; else it is the name of a file. */
export function isXmlText(xml: string): boolean {
  return xml.trimStart().startsWith("<");
}

/** What keeps a text from being a libvirt domain, or undefined. libvirt itself has the last word. */
export function domainXmlProblem(
  xml: string,
): { readonly code: IssueCode; readonly message: string; readonly advice: string } | undefined {
  if (!isXmlText(xml)) {
    const message = `${xml} names a file, and there is no folder to read it from`;
    return { code: "domain.xml-missing", message, advice: "write the XML itself" };
  }
  if (/<domain[\s>][^]*<\/domain>\s*$/.test(withoutComments(xml))) return undefined;
  const message = "the XML is not a libvirt domain";
  return {
    code: "domain.xml-illegal",
    message,
    advice: "it must be one <domain …>…</domain>; try `virt-xml-validate`",
  };
}

/** The disks and addresses in a domain's XML. Good enough to find a second user; libvirt reads the rest. */
export function usedByXml(xml: string): DomainXmlUse {
  const text = withoutComments(xml);
  const disks = blocks(text, "disk").flatMap((disk) => {
    const source = attributesOf(disk, "source");
    const shared = /<shareable\s*\/?>/.test(disk);
    const file = source.get("file") ?? source.get("dev");
    if (file !== undefined) return [{ source: file, isFile: true, shared }];
    const name = source.get("name");
    const pool = source.get("pool");
    const volume = pool === undefined ? name : `${pool}/${source.get("volume") ?? ""}`;
    return volume === undefined ? [] : [{ source: volume, isFile: false, shared }];
  });
  const macs = blocks(text, "interface").flatMap((nic) => attributesOf(nic, "mac").get("address") ?? []);
  return { disks, macs: macs.map((mac) => mac.toLowerCase()) };
}

function withoutComments(xml: string): string {
  return xml.replace(/<!--[^]*?-->/g, "");
}

function blocks(text: string, element: string): readonly string[] {
  return [...text.matchAll(new RegExp(`<${element}[\\s>][^]*?</${element}>`, "g"))].map((match) => match[0]);
}

/** The attributes of the first such element. */
function attributesOf(text: string, element: string): ReadonlyMap<string, string> {
  const tag = new RegExp(`<${element}\\s([^>]*)`).exec(text)?.[1] ?? "";
  const pairs = [...tag.matchAll(/([A-Za-z]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)];
  return new Map(pairs.map((pair) => [pair[1] ?? "", unescaped(pair[2] ?? pair[3] ?? "")]));
}

function unescaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (whole, name: string) => entities[name] ?? whole);
}
