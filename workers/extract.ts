/** Goes in: posts and a request. Comes out: their results: words, pictures, a first wave of queries, a second one, records with offsets. */
import type { Manifest } from "../src/bundle/manifest.ts";
import { Failure } from "../src/core/failure.ts";
import type { Device, ExtractionResult } from "../src/core/result.ts";
import { prepareText } from "../src/core/text.ts";
import type { Post, Progress } from "../src/engine/protocol.ts";
import { assemble, NO_PICTURE } from "../src/tasks/assemble.ts";
import { followQueries, startQueries, type TaskAnswer } from "../src/tasks/plan.ts";
import type { TaskQuery } from "../src/tasks/queries.ts";
import { createSetting, type Setting } from "../src/tasks/setting.ts";
import { type ExtractRequest, REQUEST_DEFAULTS, type TokenCodec } from "../src/tasks/types.ts";
import { type AskedQuery, answerQueries, type SettledRequest } from "./model/answer.ts";
import type { EncodedImage } from "./model/model.ts";
import type { GraphSessions } from "./model/sessions.ts";
import type { PictureCache, SeenPicture } from "./pictures.ts";
import type { ImageDecoder, RegionProposer } from "./vision/types.ts";

/** What an open model is made of. */
export interface OpenModel {
	readonly sessions: GraphSessions;
	readonly codec: TokenCodec;
	readonly pictures: PictureCache;
	readonly device: Device;
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

const MOST_BEAMS = 16;

/** A request with its defaults. @throws Failure `usage` naming what is out of range */
export function settleRequest(request: ExtractRequest): SettledRequest {
	const settled = { ...REQUEST_DEFAULTS, ...request };
	if (settled.tasks.length === 0) throw new Failure("usage", "No task was chosen.");
	if (!Number.isInteger(settled.beams) || settled.beams < 1 || settled.beams > MOST_BEAMS) throw new Failure("usage", `Beams are 1 to ${MOST_BEAMS}, not ${settled.beams}.`);
	if (typeof settled.gate === "number" && !Number.isFinite(settled.gate)) throw new Failure("usage", `The gate is a finite number, not ${settled.gate}.`);
	return settled;
}

/** Whether the picture reaches the text at all: what an untrained vision says is noise. */
export function looksAtPictures(manifest: Manifest, gate: SettledRequest["gate"]): boolean {
	if (manifest.vision === "none" || gate === 0) return false;
	return gate !== "auto" || manifest.vision === "trained";
}

/** All posts as one batch: posts × tasks × beams. @returns results in the order of the posts @throws Failure for the whole batch */
export async function extractPosts(model: OpenModel, posts: readonly Post[], request: ExtractRequest, options: ExtractOptions): Promise<ExtractionResult[]> {
	const settled = settleRequest(request);
	const clock = new Clock();
	const prepared = await Promise.all(posts.map((post) => preparePost(model, post, settled, options, clock)));
	const answers: TaskAnswer[][] = prepared.map(() => []);
	const finish = () => prepared.map((post, index) => finishPost(model, post, answers[index]!, clock));
	const wave = async (queriesOf: (post: PreparedPost, index: number) => TaskQuery[]) => {
		const asked = prepared.flatMap((post, index) => queriesOf(post, index).map((query): AskedQuery<TaskQuery> & { post: number } => ({ query, image: post.image, post: index })));
		const checkpoint = async () => {
			await options.turn();
			throwIfCancelled(options.signal);
		};
		const made = await answerQueries(model.sessions, asked, { request: settled, device: model.device.name, checkpoint, onProgress: options.onProgress, spent: clock.add });
		for (const [position, answer] of made.entries()) answers[asked[position]!.post]!.push(answer);
		return asked.length;
	};
	clock.observing(model.sessions);
	await wave(({ setting }) => startQueries(setting));
	options.onPartial(finish());
	await wave(({ setting }, index) => followQueries(setting, answers[index]!));
	return finish();
}

interface PreparedPost {
	readonly setting: Setting;
	readonly seen: SeenPicture | null;
	readonly image: EncodedImage | null;
	readonly notes: readonly string[];
}

async function preparePost(model: OpenModel, post: Post, request: SettledRequest, options: ExtractOptions, clock: Clock): Promise<PreparedPost> {
	const { manifest } = model.sessions;
	const prepared = prepareText(post.text, request.words);
	const looks = looksAtPictures(manifest, request.gate);
	let seen: SeenPicture | null = null;
	let image: EncodedImage | null = null;
	if (post.image !== null) {
		options.onProgress({ stage: "image", detail: "", done: 0, total: 0, unit: "steps" });
		await options.turn();
		const looking = { ...options, limit: manifest.config.visual?.max_objects ?? 36, timed: clock.timed };
		seen = await model.pictures.look(post.image, looking);
		throwIfCancelled(options.signal);
		if (looks) image = await model.pictures.encode(model.sessions, seen, looking);
	}
	const setting = await clock.timed("tokenize", async () => createSetting({ request, prepared, codec: model.codec, manifest, regionCount: image === null ? 0 : seen!.boxes.length }));
	return { setting, seen, image, notes: post.image !== null && !looks ? [textOnlyNote(manifest, request.gate)] : [] };
}

function textOnlyNote(manifest: Manifest, gate: SettledRequest["gate"]): string {
	if (manifest.vision === "none") return "This model has no vision: it read the text only.";
	if (gate === 0) return "The gate was set to zero: the model read the text only.";
	return "This model's vision is untrained: it read the text only.";
}

function finishPost(model: OpenModel, { setting, seen, notes }: PreparedPost, answers: readonly TaskAnswer[], clock: Clock): ExtractionResult {
	const result = assemble(setting, answers, seen?.picture ?? NO_PICTURE);
	return { ...result, notes: [...notes, ...result.notes], model: model.sessions.manifest.name, device: { ...model.device }, timings: clock.read() };
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

	/** Graph runs count under their role. */
	observing(sessions: GraphSessions): void {
		sessions.spent = this.add;
	}

	/** With `total`, everything else included. */
	read(): Record<string, number> {
		const round = (milliseconds: number) => Math.round(milliseconds * 100) / 100;
		return { ...Object.fromEntries([...this.#spent].map(([stage, spent]) => [stage, round(spent)])), total: round(performance.now() - this.#started) };
	}
}
