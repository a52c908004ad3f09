/** A connection between browser and program that can be cut, as a network that goes away. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** The wire. */
export interface Wire {
  readonly address: string;
  /** Cuts what is connected, and lets nobody through until it is mended. */
  cut(): void;
  mend(): void;
  end(): Promise<void>;
}

/** Lays a wire to a server. */
export async function wire(to: string): Promise<Wire> {
  const { hostname, port } = new URL(to);
  const open = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: own } = server.address() as AddressInfo;
  const cut = () => {
    whole = false;
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    address: `http://127.0.0.1:${own}`,
    cut,
    mend() {
      whole = true;
    },
    end() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
