/** Certificates for tests, made with openssl: one authority, and whoever it vouches for. */
import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StoreCredentials } from "../../reconciler/store/etcd/endpoints.ts";

export interface CertificateFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** An authority with files in a folder; the names of what it signs are common names. */
export class Authority {
  readonly ca: string;
  readonly #folder: string;
  readonly #name: string;

  constructor(folder: string, name = "ca") {
    this.#folder = folder;
    this.#name = name;
    this.ca = this.#path(name, "crt");
    const made = ["-keyout", this.#path(name, "key"), "-out", this.ca, "-subj", `/CN=keel test ${name}`];
    openssl(["req", "-x509", "-newkey", "ec", ...curve, "-nodes", "-days", "2", ...made]);
  }

  /** For a server on loopback and for clients alike. */
  async sign(commonName: string): Promise<CertificateFiles> {
    const [cert, key, request, extensions] = ["crt", "key", "csr", "ext"].map((kind) =>
      this.#path(`${this.#name}-${commonName}`, kind),
    );
    if (cert === undefined || key === undefined || request === undefined || extensions === undefined)
      throw new Error("no paths");
    await writeFile(
      extensions,
      "subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n",
    );
    const subject = ["-subj", `/CN=${commonName}`];
    openssl([
      "req",
      "-new",
      "-newkey",
      "ec",
      ...curve,
      "-nodes",
      "-keyout",
      key,
      "-out",
      request,
      ...subject,
    ]);
    const signer = ["-CA", this.ca, "-CAkey", this.#path(this.#name, "key"), "-CAcreateserial"];
    openssl(["x509", "-req", "-in", request, "-days", "2", ...signer, "-extfile", extensions, "-out", cert]);
    return { ca: this.ca, cert, key };
  }

  #path(name: string, kind: string): string {
    return join(this.#folder, `${name}.${kind}`);
  }
}

export async function credentialsOf({ ca, cert, key }: CertificateFiles): Promise<StoreCredentials> {
  return {
    rootCertificate: await readFile(ca),
    certChain: await readFile(cert),
    privateKey: await readFile(key),
  };
}

const curve = ["-pkeyopt", "ec_paramgen_curve:prime256v1"];

function openssl(args: readonly string[]): void {
  const { status, stderr } = spawnSync("openssl", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`openssl ${args.join(" ")}: ${stderr}`);
}
