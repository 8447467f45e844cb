/** Tests what the card shows of an extraction: its steps, its notes and its failure. */
import { expect, test, vi } from "vitest";
import type { JobRequest, Jobs } from "./jobs.ts";
import type { Content } from "./post.ts";

// The extension's messages come from the browser, which is absent here.
vi.mock("../common/i18n.ts", () => ({ t: (key: string) => key }));
const { readContent } = await import("./read-content.ts");

const signal = new AbortController().signal;
const contentOf = (text: string, cut: boolean): Content => ({
	text: { text, pieces: [], cut },
	elements: [],
	picture: null,
	origin: { site: "generic", url: "https://example.org/", author: "" },
	key: text,
});

/** An engine that reports one step and then answers with `answer`. */
function playedJobs(answer: (request: JobRequest) => Promise<never>): Jobs {
	return {
		extract: (request, _, onProgress) => {
			onProgress("decode");
			return answer(request);
		},
		close() {},
	};
}

test("a step of the engine is named by a message, not by its code name", async () => {
	const steps: string[] = [];
	const onProgress = (progress: string) => void steps.push(progress);
	const jobs = playedJobs(async ({ text }) => ({ text }) as never);
	const reading = await readContent(jobs, contentOf("Ada", false), { requested: true, signal, onProgress });
	expect(steps).toEqual(["stageDecode"]);
	expect(reading).toEqual({ kind: "done", result: { text: "Ada" }, notes: [] });
});

test("a text that was cut is noted", async () => {
	const jobs = playedJobs(async () => ({}) as never);
	const reading = await readContent(jobs, contentOf("Ada", true), { requested: true, signal, onProgress() {} });
	expect(reading).toMatchObject({ kind: "done", notes: ["textCut"] });
});

test("a failure is a reading, too", async () => {
	const error = new Error("broken");
	const jobs = playedJobs(() => Promise.reject(error));
	const reading = await readContent(jobs, contentOf("Ada", false), { requested: true, signal, onProgress() {} });
	expect(reading).toEqual({ kind: "failed", error });
});
