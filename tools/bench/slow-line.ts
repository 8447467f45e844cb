/** A line of limited speed in front of a local server, for visits as a home connection makes them. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface SlowLine {
	/** The server's address through the line; ends in "/". */
	readonly url: string;
	/** Bytes that came from the server so far, headers included. */
	readonly bytes: number;
	close(): Promise<void>;
}

/** All connections share the line's speed, as they do at home; what a page sends is not limited. */
export async function openSlowLine(url: string, bytesPerSecond: number): Promise<SlowLine> {
	const { hostname, port } = new URL(url);
	const sockets = new Set<Socket>();
	let bytes = 0;
	/** When the line is free again, in milliseconds of the clock. */
	let free = 0;
	const server = createServer((page) => {
		const host = connect(Number(port), hostname);
		for (const socket of [page, host]) {
			sockets.add(socket);
			socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
		}
		page.pipe(host);
		host.on("data", (chunk) => {
			bytes += chunk.length;
			free = Math.max(free, performance.now()) + (chunk.length / bytesPerSecond) * 1000;
			host.pause();
			setTimeout(() => {
				page.write(chunk);
				host.resume();
			}, free - performance.now());
		});
		host.on("end", () => setTimeout(() => page.end(), Math.max(0, free - performance.now())));
	});
	server.listen(0, hostname);
	await once(server, "listening");
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("the line has no port");
	return {
		url: `http://${hostname}:${address.port}/`,
		get bytes() {
			return bytes;
		},
		async close() {
			for (const socket of sockets) socket.destroy();
			server.close();
			await once(server, "close");
		},
	};
}
