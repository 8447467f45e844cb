/**
 * Compares our milliseconds per step and post with those of transformers.js, on the same random weights and inputs, in
 * the same browser. The outputs are compared token for token.
 */
import type { OpenOptions } from "../../../src/client/protocol.ts";
import { seededRandom } from "../../exporter/checkpoint/seeded-random.ts";
import { withPage } from "../browser.ts";
import type { AskCase, Bench } from "../page/contract.ts";
import { SHAPES, type Shape, withFlanT5 } from "../peer/flan-t5.ts";
import { median, type Row, rounded } from "../report.ts";
import type { Part } from "./part.ts";

interface PeerDevice {
	/** As rows name it. */
	readonly device: string;
	readonly open: OpenOptions & { readonly device: "wasm" | "webgpu"; readonly threads: number };
	readonly posts: number;
	/** Tokens of every output. */
	readonly tokens: number;
	/** After one round that is not counted; 0: that round alone, counted. */
	readonly repetitions: number;
	/** Tokens of an input, its end included. */
	readonly length: number;
	readonly ours: readonly Ours[];
}

type Ours = Pick<AskCase, "beams"> & { readonly name: string; readonly extractive: boolean };

/** What transformers.js can do too; it has no beam search. */
const GREEDY: Ours = { name: "ours, greedy", beams: 1, extractive: false };
const OURS: readonly Ours[] = [
	GREEDY,
	{ name: "ours, greedy, extractive", beams: 1, extractive: true },
	{ name: "ours, 4 beams", beams: 4, extractive: false },
	{ name: "ours, 4 beams, extractive", beams: 4, extractive: true },
];
const THEIRS = "transformers.js, greedy";

/** Tokens that an output may contain: those of its text, labels, separators. */
const CANDIDATES = 100;

function wasm(threads: number, size: Pick<PeerDevice, "posts" | "tokens" | "repetitions">): PeerDevice {
	return { device: "wasm", open: { device: "wasm", threads }, length: 64, ours: OURS, ...size };
}

const SMALL = { posts: 3, tokens: 24, repetitions: 5 };
const BASE = { posts: 2, tokens: 12, repetitions: 2 };

/** A step takes seconds there: says that both run and agree, not how fast they are. */
const SOFTWARE: PeerDevice = {
	device: "webgpu (software)",
	open: { device: "webgpu", threads: 1 },
	posts: 1,
	tokens: 3,
	repetitions: 0,
	length: 16,
	ours: [GREEDY],
};

/** Part → size and devices. */
export const PEERS = {
	small: { shape: "small", devices: [wasm(1, SMALL), wasm(2, SMALL)] },
	base: { shape: "base", devices: [wasm(1, BASE), wasm(2, BASE)] },
	"small-webgpu": { shape: "small", devices: [SOFTWARE] },
	"base-webgpu": { shape: "base", devices: [SOFTWARE] },
} as const satisfies Record<string, { readonly shape: Shape; readonly devices: readonly PeerDevice[] }>;

const peerCase = (shape: Shape, name: string, what: string) => `flan-t5-${shape}: ${name}: ${what}`;

/** Milliseconds of every post and every step, by name. */
type Times = Map<string, { readonly posts: number[]; readonly steps: number[] }>;

export function peerPart(name: keyof typeof PEERS): Part {
	const { shape, devices } = PEERS[name];
	return ({ repetitions, note }) =>
		withFlanT5(shape, async ({ bundle, peer, weights }) => {
			const rows: Row[] = [];
			let where = "";
			// A browser for each device: two models of this size are enough for one.
			for (const device of devices)
				await withPage({ ours: bundle, peer }, device.open.device === "webgpu", async ({ bench, version }) => {
					where = version;
					note(`flan-t5-${shape} on ${device.device} × ${device.open.threads}`);
					const opened = await bench.open("ours", "ours", device.open);
					const peerOpened = await bench.openPeer("peer", "peer", { ...device.open, weights });
					const times = await measure(bench, shape, repetitions === null ? device : { ...device, repetitions }, note);
					const measured = rowsOf(shape, device, times);
					for (const { case: name, value, unit } of measured) note(`${name}: ${rounded(value)} ${unit}`);
					rows.push(...measured);
					note(
						`opened in ${opened.milliseconds.toFixed(0)} ms (ours, fetching included), ${peerOpened.toFixed(0)} ` +
							"ms (transformers.js, fetched before)",
					);
				});
			return { rows, where };
		});
}

/** Ids that look random, the end after them. @returns [posts][L] */
function inputsOf({ posts, length }: PeerDevice, vocabulary: number): number[][] {
	return Array.from({ length: posts }, (_, post) => {
		const random = seededRandom(post, "input");
		return [...Array.from({ length: length - 1 }, () => 3 + Math.floor(random() * (vocabulary - 200))), 1];
	});
}

/** In turn for every post, so that what else the machine does meets all alike. @throws Error when the outputs differ */
async function measure(bench: Bench, shape: Shape, device: PeerDevice, note: (line: string) => void): Promise<Times> {
	const { tokens, repetitions, ours } = device;
	const inputs = inputsOf(device, SHAPES[shape].vocab_size);
	const candidates = inputs.map((input) =>
		[...new Set([...input.slice(0, -1), ...Array.from({ length: CANDIDATES }, (_, index) => 3 + index)])].slice(
			0,
			CANDIDATES,
		),
	);
	const times: Times = new Map(
		[...ours.map(({ name }) => name), THEIRS].map((name) => [name, { posts: [], steps: [] }]),
	);
	for (let round = 0; round <= repetitions; round++) {
		note(`round ${round} of ${repetitions}`);
		for (const [post, input] of inputs.entries()) {
			const outputs = new Map<string, readonly number[]>();
			const keep = (name: string, ids: readonly number[], milliseconds: number, steps: readonly number[]) => {
				outputs.set(name, ids);
				if (round === 0 && repetitions > 0) return;
				times.get(name)!.posts.push(milliseconds);
				times.get(name)!.steps.push(...steps);
			};
			for (const { name, beams, extractive } of ours) {
				const request = {
					inputs: [input],
					beams,
					candidates: extractive ? candidates[post]! : null,
					maxNewTokens: tokens,
					regions: null,
				};
				const { ids, milliseconds, runs } = await bench.ask("ours", request);
				keep(
					name,
					ids[0]!,
					milliseconds,
					runs.map((run) => run.milliseconds),
				);
			}
			const { ids, milliseconds, steps } = await bench.generate("peer", input, tokens);
			keep(THEIRS, ids, milliseconds, steps);
			checkEqual(outputs.get(GREEDY.name)!, ids);
		}
	}
	return times;
}

/** @throws Error naming the first difference */
export function checkEqual(ours: readonly number[], theirs: readonly number[]): void {
	const at = Array.from({ length: Math.max(ours.length, theirs.length) }).findIndex(
		(_, index) => ours[index] !== theirs[index],
	);
	if (at !== -1)
		throw new Error(
			`Outputs differ at token ${at}: ours [${ours.join(", ")}], transformers.js [${theirs.join(", ")}].`,
		);
}

function rowsOf(shape: Shape, { device, open: { threads } }: PeerDevice, times: Times): Row[] {
	const bundle = `flan-t5-${shape} random fp32`;
	const row = (name: string, what: string, value: number, unit: string, n: number): Row => {
		return { device, threads, bundle, case: peerCase(shape, name, what), value, unit, n };
	};
	const step = (name: string) => median(times.get(name)!.steps);
	const post = (name: string) => median(times.get(name)!.posts);
	const ours = GREEDY.name;
	return [
		...[...times].flatMap(([name, { posts, steps }]) => [
			row(name, "ms per step", median(steps), "ms", steps.length),
			row(name, "ms per post", median(posts), "ms", posts.length),
		]),
		row(
			"transformers.js / ours, greedy",
			"per step",
			step(THEIRS) / step(ours),
			"ratio",
			times.get(ours)!.steps.length,
		),
		row(
			"transformers.js / ours, greedy",
			"per post",
			post(THEIRS) / post(ours),
			"ratio",
			times.get(ours)!.posts.length,
		),
		row(
			"transformers.js and ours",
			"equal outputs",
			times.get(ours)!.posts.length,
			"posts",
			times.get(ours)!.posts.length,
		),
	];
}
