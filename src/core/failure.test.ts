/** Tests that a failure tells each surface what can be done there, and that expected errors are never `internal`. */
import { describe, expect, test } from "vitest";
import {
	Failure,
	type FailureCode,
	REMEDIES,
	remedyFor,
	SURFACES,
	type Surface,
	settle,
	toFacts,
	toFailureData,
} from "./failure.ts";

const CODES = Object.keys(REMEDIES) as FailureCode[];
const EVERY = CODES.flatMap((code) => SURFACES.map((surface) => ({ code, surface })));

/** Words that belong to some surfaces only: what the others cannot do. */
const OWN_WORDS: ReadonlyArray<{ readonly words: RegExp; readonly on: readonly Surface[] }> = [
	{ words: /--\w|\bcommand\b|\bnpm\b/i, on: ["cli"] },
	{ words: /\bgit lfs\b|pull/i, on: ["app", "extension", "cli", "api"] },
	{ words: /reload|\btabs?\b/i, on: ["app", "element", "extension"] },
	{ words: /\bclick|\bchoose\b/i, on: ["app", "element", "extension", "cli"] },
	{ words: /setAssets|\bpass\b|\bcall\b|\(\)|job number/i, on: ["api"] },
	{ words: /in the options|install the extension/i, on: ["extension"] },
	{ words: /owner of this page/i, on: ["element"] },
	{ words: /\bpath\b|permission/i, on: ["cli", "api"] },
	{ words: /browser's settings|content blocker/i, on: ["app", "element"] },
];
/** What is about checkpoints happens where they are exported, and to programs that call the exporter. */
const OF_THE_EXPORTER: ReadonlySet<FailureCode> = new Set(["checkpoint-adapter"]);

describe("remedies", () => {
	test.each(EVERY)("$code on $surface is a sentence", ({ code, surface }) => {
		expect(remedyFor(code, surface)).toMatch(/^[A-Z].{8,}\.$/);
	});

	test.each(EVERY)("$code on $surface asks for nothing that only another surface can do", ({ code, surface }) => {
		if (OF_THE_EXPORTER.has(code)) return;
		const foreign = OWN_WORDS.filter(({ words, on }) => !on.includes(surface) && words.test(remedyFor(code, surface)));
		expect(foreign.map(({ words }) => String(words))).toEqual([]);
	});

	test("each of the failures that people meet most has a sentence of its own", () => {
		const own: readonly FailureCode[] = [
			"assets-missing",
			"script-blocked",
			"checkpoint-adapter",
			"pointer-file",
			"vocabulary-mismatch",
			"disk-full",
			"storage-full",
			"not-found",
			"busy",
			"posts-failed",
		];
		for (const code of own)
			for (const surface of SURFACES)
				expect(CODES.filter((other) => remedyFor(other, surface) === remedyFor(code, surface))).toEqual(
					code === "busy" && (surface === "element" || surface === "extension") ? ["busy"] : [code],
				);
	});
});

describe("a thrown thing", () => {
	test("is worded for the surface that shows it", () => {
		const failure = new Failure("usage", "--beams is 0.");
		expect(toFailureData(failure, "cli").remedy).toContain("--help");
		expect(toFailureData(failure, "app").remedy).not.toContain("--help");
		expect(failure.message).toBe(`--beams is 0. ${REMEDIES.usage.api}`);
	});

	test("crosses a thread without a remedy", async () => {
		const outcome = await settle(() => Promise.reject(new Failure("offline", "No network.")));
		expect(outcome).toEqual({ ok: false, failure: { code: "offline", what: "No network." } });
	});

	const coded = (code: string) => Object.assign(new Error("no space left on device"), { code });
	test.each([
		["a full quota", new DOMException("The quota has been exceeded.", "QuotaExceededError"), "storage-full"],
		["an aborted fetch", new DOMException("The operation was aborted.", "AbortError"), "cancelled"],
		["a file that changed", new DOMException("It changed.", "NotReadableError"), "input-unreadable"],
		["a full disk", coded("ENOSPC"), "disk-full"],
		["a missing file", coded("ENOENT"), "not-found"],
		["a forbidden file", coded("EACCES"), "input-unreadable"],
		["a chunk that is gone", new TypeError("Failed to fetch dynamically imported module: x.js"), "script-blocked"],
		["a buffer that is too large", new RangeError("Array buffer allocation failed"), "out-of-memory"],
		["Firefox's long array", new RangeError("invalid array length"), "out-of-memory"],
	])("%s is expected", (_, error, code) => {
		expect(toFacts(error)).toMatchObject({ code, what: expect.stringMatching(/\.$/) });
	});

	test("that nobody expected is internal, whatever it is", () => {
		for (const error of [new TypeError("x is undefined"), "text", null, undefined, 7, { code: "ENOSPC" }])
			expect(toFacts(error).code).toBe("internal");
		expect(toFacts(Object.assign(new Error("x"), { code: "toString" })).code).toBe("internal");
	});
});
