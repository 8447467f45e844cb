/** Tests that two tabs do not work on the same posts, with locks that work as the browser's do. */
import { expect, test } from "vitest";
import { alone } from "./alone.ts";

/** Locks of one browser, shared by its tabs. */
function browserLocks(): Pick<LockManager, "request"> {
	const held = new Set<string>();
	const request = async (name: string, _: LockOptions, work: (lock: Lock | null) => unknown) => {
		if (held.has(name)) return work(null);
		held.add(name);
		try {
			return await work({ name, mode: "exclusive" });
		} finally {
			held.delete(name);
		}
	};
	return { request: request as LockManager["request"] };
}

test("the second tab is told, and may begin when the first has ended", async () => {
	const locks = browserLocks();
	let end: (value: string) => void = () => {};
	const first = alone(() => new Promise<string>((resolve) => (end = resolve)), locks);
	await expect(alone(async () => "second", locks)).rejects.toMatchObject({
		code: "busy",
		what: "Another tab is working on these posts.",
	});
	end("first");
	expect(await first).toBe("first");
	expect(await alone(async () => "second", locks)).toBe("second");
});

test("a run that fails lets go", async () => {
	const locks = browserLocks();
	await expect(alone(() => Promise.reject(new Error("lost")), locks)).rejects.toThrow("lost");
	expect(await alone(async () => "next", locks)).toBe("next");
});

test("a browser without locks runs", async () => {
	expect(await alone(async () => 1, undefined)).toBe(1);
});
