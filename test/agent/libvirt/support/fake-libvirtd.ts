/** A server that speaks libvirt's protocol from a script: what a real one would not do on request. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeFrame, type Frame, programs } from "../../../../agent/libvirt/protocol/frame.ts";
import { Frames } from "../../../../agent/libvirt/protocol/frames.ts";
import { procedures } from "../../../../agent/libvirt/protocol/procedures.ts";
import { XdrWriter } from "../../../../agent/libvirt/xdr/writer.ts";

export class FakePeer {
  readonly socket: Socket;
  readonly calls: Frame[] = [];
  constructor(socket: Socket) {
    this.socket = socket;
  }

  reply(call: Frame, write: (out: XdrWriter) => void = () => undefined): void {
    this.send({ ...call, type: "reply", payload: written(write) });
  }

  refuse(call: Frame, code: number, message: string): void {
    const payload = written((out) => {
      out.int(code);
      out.int(10);
      out.optional(message, (text) => out.string(text, 100));
      out.int(2);
      for (let absent = 0; absent < 4; absent += 1) out.bool(false);
      out.int(0);
      out.int(0);
      out.bool(false);
    });
    this.send({ ...call, type: "reply", status: "error", payload });
  }

  event(procedure: number, write: (out: XdrWriter) => void): void {
    const program = programs.remote;
    this.send({ program, procedure, type: "message", serial: 0, status: "ok", payload: written(write) });
  }

  send(frame: Frame): void {
    this.socket.write(encodeFrame(frame));
  }
}

/** What to do with a call; the greeting is answered before it comes to this. */
export type Script = (call: Frame, peer: FakePeer) => void;

export class FakeLibvirtd {
  readonly path: string;
  readonly peers: FakePeer[] = [];
  readonly #folder: string;
  readonly #server: Server;
  script: Script;
  /** As a frozen one does not. */
  answersGreeting = true;

  private constructor(folder: string, script: Script) {
    this.#folder = folder;
    this.path = join(folder, "sock");
    this.script = script;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async start(script: Script = () => undefined): Promise<FakeLibvirtd> {
    const fake = new FakeLibvirtd(await mkdtemp(join(tmpdir(), "keel-fake-libvirtd-")), script);
    await fake.listen();
    return fake;
  }

  get uri(): string {
    return `qemu+unix:///system?socket=${this.path}`;
  }

  /** The connection that was made last. */
  get peer(): FakePeer {
    const peer = this.peers.at(-1);
    if (peer === undefined) throw new Error("nobody has connected");
    return peer;
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.path, resolve);
    });
  }

  /** As a daemon that was killed. */
  async die(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const { socket } of this.peers) socket.destroy();
    await closed;
  }

  async stop(): Promise<void> {
    await this.die();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #accept(socket: Socket): void {
    const peer = new FakePeer(socket);
    this.peers.push(peer);
    const frames = new Frames();
    socket.on("error", () => undefined);
    socket.on("data", (bytes: Buffer) => {
      for (const frame of frames.push(bytes)) {
        peer.calls.push(frame);
        this.#answer(frame, peer);
      }
    });
  }

  #answer(frame: Frame, peer: FakePeer): void {
    if (!this.answersGreeting) return;
    if (frame.program === programs.keepalive) {
      this.script(frame, peer);
      return;
    }
    switch (frame.procedure) {
      case procedures.authList.number: {
        peer.reply(frame, (out) => out.list([0], 1, (kind) => out.int(kind)));
        return;
      }
      case procedures.supportsFeature.number: {
        peer.reply(frame, (out) => out.int(1));
        return;
      }
      case procedures.connectOpen.number:
      case procedures.connectClose.number: {
        peer.reply(frame);
        return;
      }
      default: {
        this.script(frame, peer);
        return;
      }
    }
  }
}

function written(write: (out: XdrWriter) => void): Buffer {
  const out = new XdrWriter();
  write(out);
  return out.bytes();
}
