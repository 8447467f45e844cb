/** Prepares a record for its queries, and runs queries. */

import { Failure } from "../../../src/core/failure.ts";
import { unitBox } from "../../../src/core/geometry.ts";
import { MAX_OBJECTS } from "../../../src/core/limits.ts";
import { prepareText } from "../../../src/core/text.ts";
import { createContext, type ExtractionContext } from "../../../src/tasks/context.ts";
import type { Query, WordSpan } from "../../../src/tasks/query/question.ts";
import { looksAtPictures, settleRequest } from "../../../src/tasks/request.ts";
import type { Answer } from "../../../src/tasks/types.ts";
import { Clock } from "../../../workers/clock.ts";
import { answerQueries } from "../../../workers/model/answer.ts";
import type { EncodedImage } from "../../../workers/model/model.ts";
import type { OpenModel } from "../../../workers/open-model.ts";
import type { SeenPicture } from "../../../workers/pictures.ts";
import type { ImageDecoder, RegionProposer } from "../../../workers/vision/types.ts";
import type { AnnotatedRecord, Batch, Box, Prediction, TextSpan } from "./contract.ts";

export interface PredictPlatform {
	readonly model: OpenModel;
	readonly decode: ImageDecoder;
	readonly proposer: RegionProposer;
	/** Gives the event loop one turn, so that Ctrl+C takes effect. */
	readonly turn: () => Promise<void>;
}

export interface Context {
	readonly platform: PredictPlatform;
	readonly batch: Batch;
}

/** A record with everything its queries are built from. */
export interface Item<R extends AnnotatedRecord = AnnotatedRecord> {
	readonly record: R;
	readonly setting: ExtractionContext;
	readonly seen: SeenPicture | null;
	readonly image: EncodedImage | null;
	/** g of each answer that looked at the picture; `ask` fills it. */
	readonly gates: number[];
}

/** The part of a prediction that comes from the model, without what is known of every record. */
export type Output = Partial<Omit<Prediction, "id" | "looked" | "gate">>;

export const NEVER = new AbortController().signal;

/** Words are the data's tokens where the request says nothing else. A picture that cannot be decoded is left out. */
export async function prepare(context: Context, index: number): Promise<Item> {
	const { model, decode } = context.platform;
	const { manifest } = model.sessions;
	const record = context.batch.records[index]!;
	const bytes = context.batch.images[index] ?? null;
	const request = settleRequest({ words: "tokens", ...context.batch.request, tasks: ["mner"] });
	const looks = bytes !== null && looksAtPictures(manifest.vision, request.gate);
	const options = {
		decode,
		proposer: chooseProposer(context, index),
		limit: manifest.config.visual?.max_objects ?? MAX_OBJECTS,
		signal: NEVER,
		clock: new Clock(),
	};
	const seen = looks ? await readable(() => model.pictures.look(bytes, options)) : null;
	const image = seen === null ? null : await model.pictures.encode(model.sessions, seen, options);
	const prepared = prepareText(record.text, request.words);
	const setting = createContext({
		request,
		prepared,
		codec: model.codec,
		manifest,
		regionCount: seen?.boxes.length ?? 0,
	});
	return { record, setting, seen, image, gates: [] };
}

/**
 * The proposer of a record's regions: the built-in one, or one that returns the given regions. Its name holds them, so
 * that what was seen with other regions is not reused.
 */
export function chooseProposer({ platform, batch }: Context, index: number): RegionProposer {
	const given = batch.regions?.[index] ?? null;
	if (given === null) return platform.model.proposer ?? platform.proposer;
	const propose: RegionProposer["propose"] = async (_, limit) =>
		given
			.slice(0, limit)
			.map(([x1, y1, x2, y2]: Box, at) => ({ box: unitBox(x1, y1, x2, y2), score: 1 - at / given.length }));
	return { name: `annotated ${JSON.stringify(given)}`, propose };
}

/** @returns null for a picture that cannot be read or decoded */
export async function readable<T>(look: () => Promise<T>): Promise<T | null> {
	try {
		return await look();
	} catch (error) {
		if (error instanceof Failure && error.code.startsWith("image-")) return null;
		throw error;
	}
}

/** All queries as one batch; answers in their order. */
export async function ask<Q extends Query>(
	{ platform, batch }: Context,
	queries: ReadonlyArray<{ readonly query: Q; readonly item: Item }>,
): Promise<Answer<Q>[]> {
	const request = settleRequest({ ...batch.request, tasks: ["mner"] });
	const answers = await answerQueries(
		platform.model.sessions,
		queries.map(({ query, item: { image } }) => ({ query, image })),
		{ request, device: platform.model.device.name, yieldPoint: platform.turn, onProgress: () => {} },
	);
	for (const [at, { gate }] of answers.entries()) if (gate !== null) queries[at]!.item.gates.push(gate);
	return answers;
}

/** Where words of a record stand in its text. */
export function placeOf({ setting }: Item, { from, to }: WordSpan): TextSpan {
	return { start: setting.words[from]!.start, end: setting.words[to - 1]!.end };
}

export const mean = (values: readonly number[]): number | null =>
	values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
