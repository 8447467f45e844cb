/**
 * Measures how long the bundle takes to open, first and again, and the most memory the page's process had at each
 * stage.
 */
import { existsSync, readFileSync } from "node:fs";
import type { Browser } from "playwright";
import type { ExtractRequest } from "../../../src/tasks/request.ts";
import { POSTS } from "../../exporter/export/sample-posts.ts";
import { withPage } from "../browser.ts";
import { median, type Row } from "../report.ts";
import type { Part } from "./part.ts";

const OPEN = { device: "wasm", threads: 1 } as const;
const SOME = POSTS.slice(0, 5);

const STAGES: ReadonlyArray<{
	readonly name: string;
	readonly texts: readonly string[];
	readonly pictures: boolean;
	readonly request: ExtractRequest;
}> = [
	{
		name: "after 20 posts, four tasks",
		texts: POSTS,
		pictures: false,
		request: { tasks: ["mner", "mre", "med", "mee"] },
	},
	{ name: "after 5 posts with pictures", texts: SOME, pictures: true, request: { tasks: ["mner"], gate: "model" } },
];

/** Each repetition in a browser of its own: a process keeps its peak for life. */
export const memoryPart: Part = async ({ model, repetitions, note }) => {
	const rounds = repetitions ?? 3;
	const measured = new Map<string, { readonly unit: string; readonly values: number[] }>();
	let where = "";
	for (let round = 1; round <= rounds; round++) {
		note(`browser ${round} of ${rounds}`);
		where = await withPage({ nano: model }, false, async ({ bench, browser, version }) => {
			const keep = (name: string, value: number | null, unit: string) => {
				if (value === null) return;
				measured.set(name, { unit, values: [...(measured.get(name)?.values ?? []), value] });
			};
			const peak = async (stage: string) => keep(`memory peak, ${stage}`, await peakOf(browser), "bytes");
			await peak("page alone");
			keep("open, first time", (await bench.open("first", "nano", OPEN)).milliseconds, "ms");
			await peak("model open");
			for (const { name, ...posts } of STAGES) {
				await bench.measure("first", posts);
				await peak(name);
			}
			await bench.end("first");
			keep("open, again", (await bench.open("again", "nano", OPEN)).milliseconds, "ms");
			return version;
		});
	}
	const rows = [...measured].map(([name, { unit, values }]): Row => {
		return { device: "wasm", threads: 1, case: name, value: median(values), unit, n: values.length };
	});
	if (!existsSync("/proc/self/status")) note("no /proc here: memory was not measured");
	return { rows, where };
};

/** Most resident memory so far of the page's process, in bytes: the largest renderer. Linux only, else null. */
async function peakOf(browser: Browser): Promise<number | null> {
	const session = await browser.newBrowserCDPSession();
	const { processInfo } = await session.send("SystemInfo.getProcessInfo");
	await session.detach();
	const peaks = processInfo.flatMap(({ type, id }) => {
		const path = `/proc/${id}/status`;
		const kilobytes =
			type === "renderer" && existsSync(path)
				? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(path, "utf8"))?.[1]
				: undefined;
		return kilobytes === undefined ? [] : [1024 * Number(kilobytes)];
	});
	return peaks.length === 0 ? null : Math.max(...peaks);
}
