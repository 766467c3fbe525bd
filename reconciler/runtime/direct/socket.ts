import { createSocket, type Socket, type SocketType } from "node:dgram";
import { isIPv4 } from "node:net";

/** A datagram socket; null as host: every address of this machine. Rejects where that cannot be had. */
export async function openSocket(host: string | null, port: number): Promise<Socket> {
  if (host !== null) return bound(isIPv4(host) ? "udp4" : "udp6", host, port);
  // That of version 6 takes both, where there is one.
  return bound("udp6", "::", port).catch(() => bound("udp4", "0.0.0.0", port));
}

function bound(type: SocketType, host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(type);
    socket.once("error", reject);
    socket.bind(port, host, () => {
      socket.off("error", reject);
      // What cannot be delivered is told so, and is as good as lost.
      socket.on("error", () => undefined);
      resolve(socket);
    });
  });
}
