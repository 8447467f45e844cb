/**
 * Compares a bundle with float32 graphs of the same checkpoint, on the posts that every export is measured on: the
 * largest difference of logits, and the share of equal outputs.
 */
import type { Manifest } from "../../../src/bundle/manifest.ts";
import { fill } from "../../../src/tasks/query/prompt.ts";
import type { TokenCodec } from "../../../src/tasks/types.ts";
import {
	type DecoderContext,
	DecoderRun,
	encodeText,
	freeContext,
	readContext,
	type Source,
} from "../../../workers/model/model.ts";
import type { GraphSessions } from "../../../workers/model/sessions.ts";
import { search } from "../../../workers/search/beam-search.ts";
import { freePlaces } from "../../../workers/search/places.ts";
import type { SearchQuery } from "../../../workers/search/types.ts";
import type { Target } from "../graphs/precision.ts";
import { openFolder } from "../verify/open-folder.ts";
import { POSTS } from "./sample-posts.ts";

/** Posts that are asked, of those the benchmark asks. */
const COUNT = 16;
const BEAMS = 4;
/** Tokens of an output: an untrained model never ends by itself. */
const LONGEST = 32;

export type Quality = NonNullable<Manifest["quality"]>[number];

/** What the float32 graphs say to a post: its best output, and the logits of every step on the way there. */
interface Expected {
	readonly ids: readonly number[];
	/** [T][V] */
	readonly logits: readonly Float32Array[];
}

export interface QualityOptions {
	/** How many posts are asked. */
	readonly count?: number;
	readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Compares every kind of graph the bundle has with `reference`: the ones for WASM, and those for WebGPU where they
 * differ. Both run on WASM here.
 * @param reference folder of a float32 bundle of the same checkpoint
 */
export async function measureQuality(
	bundle: string,
	reference: string,
	{ count = COUNT, onProgress = () => {} }: QualityOptions = {},
): Promise<Quality[]> {
	const [plain, first] = [await openFolder(reference), await openFolder(bundle)];
	const inputs = inputsOf(plain.sessions.manifest, await plain.codec(), count);
	const hasOwn = Object.values(first.sessions.manifest.graphs).some(({ webgpu }) => webgpu !== undefined);
	const targets: readonly Target[] = hasOwn ? ["wasm", "webgpu"] : ["wasm"];
	const total = inputs.length * (1 + targets.length);
	let done = 0;
	const each = async <T>(work: (input: Input, index: number) => Promise<T>) => {
		const made: T[] = [];
		for (const [index, ids] of inputs.entries()) {
			onProgress(done++, total);
			made.push(await work(ids, index));
		}
		return made;
	};
	const expected = await each((ids) =>
		withContext(plain.sessions, ids, async (context): Promise<Expected> => {
			const best = await bestOutput(plain.sessions, context, ids);
			return { ids: best, logits: await logitsAlong(plain.sessions, context, ids, best) };
		}),
	);
	await plain.sessions.close();
	const found: Quality[] = [];
	for (const target of targets) {
		const { sessions } = target === "wasm" ? first : await openFolder(bundle, target);
		const posts = await each((ids, index) => compare(sessions, ids, expected[index]!));
		await sessions.close();
		found.push({
			graphs: target,
			posts: posts.length,
			logit_difference: Math.max(...posts.map(({ difference }) => difference)),
			same_outputs: posts.filter(({ same }) => same).length / posts.length,
		});
	}
	return found;
}

/** One line for a person. */
export function describeQuality(qualities: readonly Quality[]): string {
	const parts = qualities.map(({ graphs, posts, logit_difference, same_outputs }) => {
		const name = { wasm: "WASM", webgpu: "WebGPU" }[graphs];
		return (
			`${name}: logits differ by at most ${logit_difference.toPrecision(2)}, ` +
			`${Math.round(same_outputs * posts)} of ${posts} outputs are the same`
		);
	});
	return `against float32, ${BEAMS} beams: ${parts.join("; ")}`;
}

/** What a model reads, and for one that copies, what its answer has copied. */
interface Input extends Source {
	readonly copying: NonNullable<SearchQuery["copying"]>;
}

/** The ids a model reads: the bundle's own question for entities, then the post. */
function inputsOf({ instructors, config }: Manifest, codec: TokenCodec, count: number): Input[] {
	const types = instructors.labels.entity_types;
	const instructor = fill(instructors.mner.default ?? "", { types: types.join(", ") });
	const spansFollow = types.map((type) => codec.encode(`${type},`).at(-1)!);
	return POSTS.slice(0, count).map((post) => {
		const ids = codec.encode(`${instructor} ${post}`).slice(0, config.max_input - 1);
		const text = { begin: Math.min(ids.length, codec.encode(instructor).length), end: ids.length };
		const free = freePlaces(ids.slice(text.begin), spansFollow, config.decoder_start_token_id);
		return { inputIds: [...ids, config.eos_token_id], text, copying: { begin: text.begin, free } };
	});
}

/** What the decoder reads of one input, for as long as `work` needs it. */
async function withContext<T>(
	sessions: GraphSessions,
	input: Input,
	work: (context: DecoderContext) => Promise<T>,
): Promise<T> {
	const context = await readContext(
		sessions,
		await encodeText(sessions, [input.inputIds], sessions.manifest.config.pad_token_id),
		[input],
	);
	try {
		return await work(context);
	} finally {
		freeContext(context);
	}
}

async function bestOutput(
	sessions: GraphSessions,
	context: DecoderContext,
	{ copying }: Input,
): Promise<readonly number[]> {
	const { pad_token_id, eos_token_id, decoder_start_token_id } = sessions.manifest.config;
	const run = new DecoderRun(sessions, context, null);
	try {
		const options = {
			num_beams: BEAMS,
			num_return_sequences: 1,
			max_new_tokens: LONGEST,
			pad_token_id,
			eos_token_id,
			decoder_start_token_id,
		};
		const [best] = await search(run, [{ grammar: null, candidateIds: null, copying }], options);
		return best![0]!.ids;
	} finally {
		run.dispose();
	}
}

/** The logits of every step while the decoder is made to say `output`. @returns [T][V] */
async function logitsAlong(
	sessions: GraphSessions,
	context: DecoderContext,
	{ copying }: Input,
	output: readonly number[],
): Promise<Float32Array[]> {
	const { decoder_start_token_id } = sessions.manifest.config;
	const run = new DecoderRun(sessions, context, null);
	try {
		const steps: Float32Array[] = [];
		let state = copying.free.start;
		for (const [at, token] of [decoder_start_token_id, ...output.slice(0, -1)].entries()) {
			if (at > 0) state = copying.free.next(state, token);
			const place = copying.begin - 1 + copying.free.place(state);
			steps.push((await run.step(Int32Array.of(token), Int32Array.of(0), Int32Array.of(place))).logits.slice());
		}
		return steps;
	} finally {
		run.dispose();
	}
}

function compare(sessions: GraphSessions, input: Input, expected: Expected) {
	return withContext(sessions, input, async (context) => {
		const logits = await logitsAlong(sessions, context, input, expected.ids);
		const best = await bestOutput(sessions, context, input);
		return {
			difference: Math.max(...logits.map((step, at) => largestDifference(step, expected.logits[at]!))),
			same: best.join() === expected.ids.join(),
		};
	});
}

/** NaN anywhere makes it NaN, so that no bound holds. */
function largestDifference(got: Float32Array, expected: Float32Array): number {
	let largest = 0;
	for (let i = 0; i < expected.length; i++) {
		const difference = Math.abs(got[i]! - expected[i]!);
		if (!(difference <= largest)) largest = difference;
	}
	return largest;
}
