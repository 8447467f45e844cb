/** Settles everything that the queries of one extraction are built from: labels, prompts, ids of words. */
import { DEFAULT_PAIR_VOTE, type Manifest, type MarkerTokens } from "../bundle/manifest.ts";
import { Failure } from "../core/failure.ts";
import type { PreparedText, Word } from "../core/text.ts";
import { NO_RELATION, TRAINED_BY_DEFAULT } from "./defaults.ts";
import { checkLabelLists, checkLabels, type LabelsInForce, labelsInForce } from "./labels.ts";
import type { TextLayout } from "./layout/layout.ts";
import { type GazetteerIndex, indexNames } from "./names/gazetteer.ts";
import { looksAtPictures, type SettledRequest } from "./request.ts";
import type { TokenCodec } from "./types.ts";

/** A word with the ids the model reads it as; never none. */
export interface ReadableWord extends Word {
	readonly ids: readonly number[];
}

/** A fine type and the coarse one above it. */
interface FineType {
	readonly name: string;
	readonly coarse: string;
}

export interface ExtractionContext {
	readonly request: SettledRequest;
	readonly text: string;
	/** The first words of the text, as many as could fit into any input. */
	readonly words: readonly ReadableWord[];
	/** Words of the whole text, also those that cannot fit. */
	readonly wordCount: number;
	readonly codec: TokenCodec;
	/** Longest input in tokens, eos included. */
	readonly maxInput: number;
	readonly instructors: Manifest["instructors"];
	readonly entityTypes: readonly string[];
	/** With "none". */
	readonly relationTypes: readonly string[];
	readonly eventTypes: readonly string[];
	/** Roles of an event type; null where neither person nor model gives any. */
	readonly rolesOf: (eventType: string) => readonly string[] | null;
	readonly fineTypes: readonly FineType[];
	/** Without "none". */
	readonly objectRelationTypes: readonly string[];
	/** Generations the checkpoint was trained for. */
	readonly trained: readonly string[];
	/** The request's gazetteer, ready to look names up; null without one. */
	readonly gazetteer: GazetteerIndex | null;
	/** Where each word is drawn, with its block; null for text without a layout. */
	readonly layout: TextLayout | null;
	/**
	 * Probabilities from which on the bundle's prefilter lets a pair, or events, be asked about; null: it has none, or
	 * it is off, or it was not made for this.
	 */
	readonly prefilter: { readonly related: number; readonly eventful: number | null } | null;
	/** Ids that stand around mentions for the question about pairs; null: the model knows none. */
	readonly markers: MarkerTokens | null;
	/**
	 * The relations that the bundle's pair classifier knows, in the order of its outputs, and the weight of its vote;
	 * null: it has none, or it has no say.
	 */
	readonly pairVote: { readonly relations: readonly string[]; readonly weight: number } | null;
	/** Whether a map says how probable it is that a region shows a mention, so that no task needs to say it. */
	readonly weighsRegions: boolean;
	/** Whether the picture reaches the text at all. */
	readonly looksAtPictures: boolean;
	/** Ids of O1…On that an argument may be; empty without a picture and when the model does not look at it. */
	readonly objects: readonly number[];
}

export interface ContextInput {
	readonly request: SettledRequest;
	readonly prepared: PreparedText;
	readonly codec: TokenCodec;
	readonly manifest: Manifest;
	/** Object regions of the picture; 0 without a picture. */
	readonly regionCount: number;
	/** Where the text's pieces are drawn, for text that came with a layout. */
	readonly layout?: TextLayout | null;
}

/**
 * Settles a request. The person's labels come first, then the manifest's, then the built-in ones.
 * @throws Failure `labels-invalid`
 */
export function createContext({
	request,
	prepared,
	codec,
	manifest,
	regionCount,
	layout = null,
}: ContextInput): ExtractionContext {
	const { relationTypes, fineTypes, objectRelationTypes, ...labels } = labelsInForce(
		manifest,
		checkLabelLists(request.labels ?? {}),
	);
	const looks = looksAtPictures(manifest.vision, request.gate);
	return {
		request,
		text: prepared.text,
		...readableWords(prepared, codec, manifest.config.max_input),
		codec,
		maxInput: manifest.config.max_input,
		instructors: manifest.instructors,
		...labels,
		relationTypes: relationTypes.includes(NO_RELATION) ? relationTypes : [...relationTypes, NO_RELATION],
		fineTypes: listFineTypes(fineTypes),
		objectRelationTypes: objectRelationTypes.filter((name) => name !== NO_RELATION),
		trained: manifest.tasks ?? TRAINED_BY_DEFAULT,
		gazetteer: request.gazetteer ? indexNames(request.gazetteer.names) : null,
		layout,
		prefilter: prefilterFor(manifest, request, isSame(labels.eventTypes, labelsInForce(manifest).eventTypes)),
		markers: manifest.config.marker_token_ids ?? null,
		pairVote: pairVoteOf(manifest),
		weighsRegions: manifest.calibration?.regions !== undefined,
		looksAtPictures: looks,
		objects: looks ? codec.special.objects.slice(0, regionCount) : [],
	};
}

/** The same context once the picture's object regions are known. */
export function withRegions(context: ExtractionContext, regionCount: number): ExtractionContext {
	const objects = context.looksAtPictures ? context.codec.special.objects.slice(0, regionCount) : [];
	return { ...context, objects };
}

/** @param ownEvents whether events are asked for by the types that the model was trained with */
function prefilterFor(
	{ graphs, config }: Manifest,
	{ prefilter, style }: SettledRequest,
	ownEvents: boolean,
): ExtractionContext["prefilter"] {
	// `screen` is the former name, which the format keeps.
	if (prefilter === "off" || style !== "instruct" || graphs.screen === undefined || config.screen === undefined)
		return null;
	return { related: config.screen.related, eventful: ownEvents ? config.screen.eventful : null };
}

function pairVoteOf({ graphs, config }: Manifest): ExtractionContext["pairVote"] {
	const { pair_relations: relations, pair_vote: weight = DEFAULT_PAIR_VOTE } = config;
	return graphs.pair_classifier === undefined || relations === undefined || weight === 0 ? null : { relations, weight };
}

const isSame = (a: readonly string[], b: readonly string[]) =>
	a.length === b.length && a.every((label, i) => label === b[i]);

/** The hierarchy as one list: each fine type with the coarse one above it. */
function listFineTypes(hierarchy: LabelsInForce["fineTypes"]): FineType[] {
	const coarse = checkLabels(Object.keys(hierarchy), "coarse entity types");
	return Object.values(hierarchy).flatMap((list, i) => list.map((name) => ({ name: name.trim(), coarse: coarse[i]! })));
}

function readableWords(
	{ words: all }: PreparedText,
	codec: TokenCodec,
	maxInput: number,
): { words: ReadableWord[]; wordCount: number } {
	const words: ReadableWord[] = [];
	let tokens = 0;
	for (const [i, word] of all.entries()) {
		const ids = plainIds(word.model, codec);
		if (ids.length > 0) words.push({ ...word, ids });
		tokens += ids.length;
		// No more can fit, however short the instructor: a long text is not encoded to its end.
		if (tokens > maxInput) return { words, wordCount: words.length + all.length - i - 1 };
	}
	return { words, wordCount: words.length };
}

/**
 * Ids of a text word by word, as the tokenizer splits at spaces anyway. A word that spells a control token ("</s>",
 * "<spot>", "</m>") is encoded character by character, so that no post, label or mention can end an input or fake a
 * separator.
 */
export function plainIds(text: string, codec: TokenCodec): number[] {
	const { pad, eos, start, spot, markers = [] } = codec.special;
	const controls = new Set([pad, eos, start, spot, ...markers]);
	return text.split(/\s+/u).flatMap((word) => {
		const ids = word === "" ? [] : codec.encode(word);
		return ids.some((id) => controls.has(id))
			? [...word].flatMap((character) => codec.encode(character)).filter((id) => !controls.has(id))
			: ids;
	});
}

/**
 * A label list as ids, each with its comma.
 * @throws Failure `labels-invalid` when the vocabulary cannot tell two of them apart.
 */
export function labelIds(
	labels: readonly string[],
	what: string,
	codec: TokenCodec,
): { readonly name: string; readonly ids: readonly number[] }[] {
	const list = labels.map((name) => ({ name, ids: plainIds(`${name},`, codec) }));
	// Sorted, a beginning stands right before what it begins.
	const spelled = list
		.map(({ name, ids }) => ({ name, key: `${ids.join(" ")} ` }))
		.sort((a, b) => (a.key < b.key ? -1 : 1));
	spelled.forEach(({ name, key }, i) => {
		const before = spelled[i - 1];
		if (before && key.startsWith(before.key))
			throw new Failure(
				"labels-invalid",
				`The ${what}: the model cannot tell ${JSON.stringify(before.name)} from ${JSON.stringify(name)}.`,
			);
	});
	return list;
}
