/** As much of a Redfish service (DMTF DSP0266) as fence_redfish asks for, with systems that do as they are told. */
import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { CertificateFiles } from "../certificates.ts";

export interface RedfishOptions {
  readonly certificate: CertificateFiles;
  readonly user: string;
  readonly password: string;
  /** UUID by the name of the system. */
  readonly systems: Readonly<Record<string, string>>;
}

export class RedfishService {
  readonly port: number;
  readonly power: Map<string, "On" | "Off">;
  readonly #server: Server;

  private constructor(server: Server, port: number, power: Map<string, "On" | "Off">) {
    this.#server = server;
    this.port = port;
    this.power = power;
  }

  static async start({ certificate, user, password, systems }: RedfishOptions): Promise<RedfishService> {
    const power = new Map(Object.keys(systems).map((name) => [name, "On"]));
    const account = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    const key = readFileSync(certificate.key);
    const server = createServer({ key, cert: readFileSync(certificate.cert) }, (request, response) => {
      const path = request.url ?? "";
      const name = /^\/redfish\/v1\/Systems\/(\w+)/u.exec(path)?.[1] ?? "";
      const members = [...power.keys()].map((system) => ({ "@odata.id": `/redfish/v1/Systems/${system}` }));
      if (path === "/redfish/v1") answer(response, { Systems: { "@odata.id": "/redfish/v1/Systems" } });
      else if (request.headers.authorization !== account) answer(response, { error: {} }, 401);
      else if (path === "/redfish/v1/Systems") answer(response, { Members: members });
      else if (!power.has(name)) answer(response, { error: {} }, 404);
      else if (request.method !== "POST") answer(response, systemOf(name, power.get(name), systems[name]));
      else {
        let body = "";
        request.on("data", (part: Buffer) => (body += part.toString()));
        request.on("end", () => {
          power.set(name, body.includes("ForceOff") ? "Off" : "On");
          answer(response, {});
        });
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    return new RedfishService(server, port, power as Map<string, "On" | "Off">);
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

function systemOf(name: string, power: string | undefined, uuid: string | undefined): object {
  const target = `/redfish/v1/Systems/${name}/Actions/ComputerSystem.Reset`;
  return { PowerState: power, UUID: uuid, Actions: { "#ComputerSystem.Reset": { target } } };
}

function answer(response: ServerResponse, value: object, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}
