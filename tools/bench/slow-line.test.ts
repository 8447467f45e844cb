/** What comes through a slow line, and that it takes its time. */
import { once } from "node:events";
import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSlowLine, type SlowLine } from "./slow-line.ts";

const BODY = Buffer.alloc(40_000, "x");
const server = createServer((_request, response) => response.end(BODY));
let line: SlowLine;

beforeAll(async () => {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as { port: number };
	line = await openSlowLine(`http://127.0.0.1:${port}/`, 200_000);
});

afterAll(async () => {
	await line.close();
	server.close();
});

test("two answers arrive whole and share the speed: 80,000 bytes at 200,000 a second take 0.4 s", async () => {
	const begin = performance.now();
	const bodies = await Promise.all([1, 2].map(async () => Buffer.from(await (await fetch(line.url)).arrayBuffer())));
	expect(bodies.every((body) => body.equals(BODY))).toBe(true);
	expect(line.bytes).toBeGreaterThanOrEqual(80_000);
	// The line cannot be faster than it is; how much slower a busy machine makes it cannot be tested.
	expect(performance.now() - begin).toBeGreaterThan(390);
});
