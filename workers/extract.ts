/** Goes in: posts and a request. Comes out: their results: words, pictures, a first wave of queries, a second one, records with offsets. */
import type { Manifest } from "../src/bundle/manifest.ts";
import type { Post, Progress } from "../src/client/protocol.ts";
import { Failure } from "../src/core/failure.ts";
import { MAX_OBJECTS } from "../src/core/limits.ts";
import type { Device, ExtractionResult } from "../src/core/result.ts";
import { prepareText } from "../src/core/text.ts";
import { createContext, type ExtractionContext } from "../src/tasks/context.ts";
import { asks, startQueries, type TaskAnswer, waveCount, waveQueries } from "../src/tasks/plan.ts";
import type { TaskQuery } from "../src/tasks/query/queries.ts";
import { readForPairs } from "../src/tasks/query/relations-read.ts";
import { readScreen, screenedQuery, screenTask } from "../src/tasks/query/screen.ts";
import { type ExtractRequest, looksAtPictures, type SettledRequest, settleRequest } from "../src/tasks/request.ts";
import { assemble, NO_PICTURE } from "../src/tasks/result/assemble.ts";
import type { TokenCodec } from "../src/tasks/types.ts";
import { type AskedQuery, answerQueries } from "./model/answer.ts";
import { type EncodedImage, runScreen } from "./model/model.ts";
import { type GraphSessions, NO_ATTENTION } from "./model/sessions.ts";
import type { PictureCache, SeenPicture } from "./pictures.ts";
import { checkPost, layoutOf, rolesFor } from "./request.ts";
import { givenProposer, readRegions } from "./vision/regions/given-regions.ts";
import type { ImageDecoder, RegionProposer } from "./vision/types.ts";

/** What an open model is made of. */
export interface OpenModel {
	readonly sessions: GraphSessions;
	readonly codec: TokenCodec;
	readonly pictures: PictureCache;
	readonly device: Device;
	/** The bundle's own; null: it has none, and that of the platform serves. */
	readonly proposer: RegionProposer | null;
}

export interface ExtractOptions {
	readonly decode: ImageDecoder;
	readonly proposer: RegionProposer;
	readonly signal: AbortSignal;
	/** Gives the event loop one turn, so that a cancel is heard. */
	readonly turn: () => Promise<void>;
	readonly onProgress: (progress: Progress) => void;
	/** Hears the results so far when a wave is done. */
	readonly onPartial: (results: readonly ExtractionResult[]) => void;
}

/**
 * All posts as one batch: posts × tasks × beams. One call at a time for each model: the cache, the clock and the device are its own meanwhile.
 * @returns results in the order of the posts
 * @throws Failure for the whole batch
 */
export async function extractPosts(
	model: OpenModel,
	posts: readonly Post[],
	request: ExtractRequest,
	options: ExtractOptions,
): Promise<ExtractionResult[]> {
	const settled = settleRequest(request);
	for (const post of posts) checkPost(post);
	const { sessions, pictures } = model;
	const clock = new Clock();
	// Its time is part of that of the regions.
	sessions.spent = (role, milliseconds) => role !== "region_proposer" && clock.add(role, milliseconds);
	sessions.attention = options;
	try {
		return await extractAll(model, posts, settled, options, clock);
	} finally {
		sessions.spent = () => {};
		sessions.attention = NO_ATTENTION;
		pictures.trim();
	}
}

async function extractAll(
	model: OpenModel,
	posts: readonly Post[],
	request: SettledRequest,
	options: ExtractOptions,
	clock: Clock,
): Promise<ExtractionResult[]> {
	const { sessions } = model;
	const checkpoint = async () => {
		await options.turn();
		throwIfCancelled(options.signal);
	};
	await checkpoint();
	const roles = rolesFor(
		sessions.manifest,
		request,
		posts.some(({ image }) => image !== null),
	);
	await clock.timed("sessions", () => sessions.open(roles, checkpoint));
	const prepared: PreparedPost[] = [];
	for (const post of posts) prepared.push(await preparePost(model, post, request, { ...options, checkpoint, clock }));
	const answers: TaskAnswer[][] = prepared.map(() => []);
	const finish = () => prepared.map((post, index) => finishPost(model, post, answers[index]!, clock));
	const wave = async (queriesOf: (post: PreparedPost, index: number) => readonly TaskQuery[]) => {
		const asked = prepared.flatMap((post, index) =>
			askedOf(post, queriesOf(post, index), answers[index]!).map((asked) => ({ ...asked, post: index })),
		);
		const made = await answerQueries(sessions, asked, {
			request,
			device: model.device.name,
			checkpoint,
			onProgress: options.onProgress,
			spent: clock.add,
		});
		for (const [position, answer] of made.entries()) answers[asked[position]!.post]!.push(answer);
	};
	await wave(({ queries }) => queries);
	const waves = Math.max(2, ...prepared.map(({ context }) => waveCount(context)));
	for (let next = 1; next < waves; next++) {
		options.onPartial(finish());
		if (next === 1)
			for (const [index, { context }] of prepared.entries())
				answers[index] = await screen(model, context, answers[index]!, checkpoint);
		await wave(({ context }, index) => clock.timedNow("tokenize", () => waveQueries(context, answers[index]!, next)));
		// Nobody reads the states again.
		for (const [index, list] of answers.entries()) answers[index] = list.map(({ states: _, ...answer }) => answer);
	}
	return finish();
}

/** Queries about a post's picture. The one that a screen looks at, or that pairs are asked about on, brings its states; what was read before is not read again. */
function askedOf(
	{ context, image }: PreparedPost,
	queries: readonly TaskQuery[],
	answers: readonly TaskAnswer[],
): AskedQuery<TaskQuery>[] {
	const kept = [screenedQuery(context, queries), asks(context, "mre") ? readForPairs(context, queries) : null];
	const readBefore = ({ inputIds }: TaskQuery) =>
		answers.find(({ query, states }) => query.inputIds === inputIds && states !== undefined)?.states ?? null;
	return queries.map((query) => ({ query, image, states: kept.some((one) => one === query), read: readBefore(query) }));
}

/** The answers, that of mner with what the screen says of it. */
async function screen(
	{ sessions }: OpenModel,
	context: ExtractionContext,
	answers: TaskAnswer[],
	checkpoint: () => Promise<void>,
): Promise<TaskAnswer[]> {
	const task = screenTask(context, answers);
	if (task === null) return answers;
	await checkpoint();
	const screened = readScreen(task, await runScreen(sessions, task.states, task.feeds));
	return answers.map((answer) => (answer === task.answer ? { ...answer, screened } : answer));
}

interface PreparedPost {
	readonly context: ExtractionContext;
	/** The first wave. */
	readonly queries: readonly TaskQuery[];
	readonly seen: SeenPicture | null;
	readonly image: EncodedImage | null;
	readonly notes: readonly string[];
}

interface Preparing extends ExtractOptions {
	readonly checkpoint: () => Promise<void>;
	readonly clock: Clock;
}

/** What is wrong with the text or the labels is told before the picture costs anything, and what is wrong with the picture's file before its encoding does. */
async function preparePost(
	{ sessions, codec, pictures }: OpenModel,
	post: Post,
	request: SettledRequest,
	options: Preparing,
): Promise<PreparedPost> {
	const { manifest } = sessions;
	const { checkpoint, clock, onProgress } = options;
	await checkpoint();
	const looks = looksAtPictures(manifest.vision, request.gate);
	const layout = layoutOf(post);
	const prepared = clock.timedNow("tokenize", () => prepareText(layout?.text ?? post.text, request.words));
	const ask = (regionCount: number) =>
		clock.timedNow("tokenize", () => {
			const context = createContext({ request, prepared, codec, manifest, regionCount, layout });
			return { context, queries: startQueries(context) };
		});
	const textOnly = ask(0);
	if (post.image === null) return { ...textOnly, seen: null, image: null, notes: [] };
	onProgress({ stage: "image", detail: "", done: 0, total: 0, unit: "steps" });
	await checkpoint();
	const given = readRegions(post.regions);
	const proposer = given ? givenProposer(given) : options.proposer;
	const looking = {
		...options,
		proposer,
		limit: Math.min(manifest.config.visual?.max_objects ?? MAX_OBJECTS, MAX_OBJECTS),
		timed: clock.timed,
	};
	const seen = await pictures.look(post.image, looking);
	await checkpoint();
	if (!looks) return { ...textOnly, seen, image: null, notes: [textOnlyNote(manifest, request.gate)] };
	const image = await pictures.encode(sessions, seen, looking);
	return { ...ask(seen.boxes.length), seen, image, notes: [] };
}

function textOnlyNote(manifest: Manifest, gate: SettledRequest["gate"]): string {
	if (manifest.vision === "none") return "This model has no vision: it read the text only.";
	if (gate === 0) return "The gate was set to zero: the model read the text only.";
	return "This model's vision is untrained: it read the text only.";
}

function finishPost(
	model: OpenModel,
	{ context, seen, notes }: PreparedPost,
	answers: readonly TaskAnswer[],
	clock: Clock,
): ExtractionResult {
	const result = assemble(context, answers, seen?.picture ?? NO_PICTURE);
	return {
		...result,
		notes: [...notes, ...result.notes],
		model: model.sessions.manifest.name,
		device: { ...model.device },
		timings: clock.read(),
	};
}

export function throwIfCancelled(signal: AbortSignal): void {
	if (signal.aborted) throw new Failure("cancelled", "The extraction was cancelled.");
}

/** Milliseconds by stage. */
class Clock {
	readonly #spent = new Map<string, number>();
	readonly #started = performance.now();

	readonly add = (stage: string, milliseconds: number): void => {
		this.#spent.set(stage, (this.#spent.get(stage) ?? 0) + milliseconds);
	};

	readonly timed = async <T>(stage: string, work: () => Promise<T>): Promise<T> => {
		const started = performance.now();
		try {
			return await work();
		} finally {
			this.add(stage, performance.now() - started);
		}
	};

	timedNow<T>(stage: string, work: () => T): T {
		const started = performance.now();
		try {
			return work();
		} finally {
			this.add(stage, performance.now() - started);
		}
	}

	/** With `total`, everything else included. */
	read(): Record<string, number> {
		const round = (milliseconds: number) => Math.round(milliseconds * 100) / 100;
		return {
			...Object.fromEntries([...this.#spent].map(([stage, spent]) => [stage, round(spent)])),
			total: round(performance.now() - this.#started),
		};
	}
}
