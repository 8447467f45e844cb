/** Merges the results of the frames of a video, or of the steps of a procedure, into one result. */
import { Failure } from "../../core/failure.ts";
import type {
	Entity,
	EventArgument,
	ExtractedEvent,
	ExtractionResult,
	Region,
	Relation,
	ResultPicture,
	TimeRange,
} from "../../core/result.ts";
import { groupThings } from "../names/identity.ts";

/** A frame's result holds from its own time to that of the next frame. */
export interface FrameResult {
	/** Seconds from the beginning. */
	readonly time: TimeRange;
	readonly result: ExtractionResult;
}

export interface StepResult {
	readonly result: ExtractionResult;
}

/**
 * One result of all frames: a record that several frames give is one, with the times of the frames it is seen in, and
 * the best of its scores. Where no frame was looked at (the model reads the text only), records have no times.
 * @throws Failure `usage` without frames, or when their texts differ
 */
export function mergeFrames(frames: readonly FrameResult[]): ExtractionResult {
	const [first] = frames;
	if (first === undefined) throw new Failure("usage", "A video has at least one frame.");
	if (frames.some(({ result }) => result.text !== first.result.text))
		throw new Failure("usage", "All frames must be asked with the same text.");
	const entities = new Merged<Entity>(({ type, start, end }) => `${start} ${end} ${type}`);
	const relations = new Merged<Relation>(({ type, head, tail }) => `${head} ${type} ${tail}`);
	const events = new Merged<ExtractedEvent>(({ type, trigger }) => `${trigger.start} ${trigger.end} ${type}`);
	const idsByFrame = frames.map(({ result, time }, picture) => {
		const seen = isSeen(result);
		const ids = new Map<string, string>();
		for (const entity of result.entities) {
			const regions = entity.regions.map((region) => ({ ...region, picture }));
			const merged = entities.add({ ...entity, regions }, seen ? time : null, (before) => ({
				...before,
				...joined(before, { ...entity, regions }),
			}));
			ids.set(entity.id, merged);
		}
		return ids;
	});
	for (const [picture, { result, time }] of frames.entries()) {
		const ids = idsByFrame[picture]!;
		const seen = isSeen(result);
		for (const relation of result.relations) {
			const region = relation.region && { ...relation.region, picture };
			// Names of objects repeat from frame to frame: O2 of two frames are two ends.
			const end = (id: string) => ids.get(id) ?? id;
			const added = { ...relation, head: end(relation.head), tail: end(relation.tail), ...(region && { region }) };
			relations.add(
				added,
				seen ? time : null,
				(before) => ({ ...before, score: Math.max(before.score, relation.score) }),
				region ? `${picture}` : "",
			);
		}
		for (const event of result.events) {
			const parts = event.arguments.map((part) => argumentIn(part, ids, picture));
			events.add({ ...event, arguments: parts }, seen ? time : null, (before) => ({
				...before,
				score: Math.max(before.score, event.score),
				arguments: joinArguments(before.arguments, parts),
			}));
		}
	}
	const renamed = renumber(entities.items("e"), relations.items("r"), events.items("v"), first.result.text);
	return {
		...first.result,
		...renamed,
		...together(frames.map(({ result }) => result)),
		regions: frames.flatMap(({ result }, picture) => result.regions.map((region) => ({ ...region, picture }))),
		pictures: frames.flatMap(({ result: { image }, time }): ResultPicture[] => (image ? [{ ...image, time }] : [])),
	};
}

/** Whether the picture had a say: else every frame says the same, and times would be made up. */
const isSeen = ({ gate, image }: ExtractionResult) =>
	image !== null && Object.values(gate).some((value) => value !== 0);

/** Records by key, in order of first appearance, with their times. */
class Merged<T extends { readonly id: string; readonly times?: TimeRange[] | undefined }> {
	readonly #byKey = new Map<string, T>();
	readonly #keyOf: (item: T) => string;

	constructor(keyOf: (item: T) => string) {
		this.#keyOf = keyOf;
	}

	/** @returns the key, which stands for the id until all are known */
	add(item: T, time: TimeRange | null, join: (before: T) => T, more = ""): string {
		const key = `${this.#keyOf(item)}${more}`;
		const before = this.#byKey.get(key);
		const merged = before ? join(before) : item;
		this.#byKey.set(key, time ? { ...merged, times: addTime(before?.times ?? [], time) } : merged);
		return key;
	}

	items(prefix: string): (T & { readonly key: string })[] {
		return [...this.#byKey].map(([key, item], i) => ({ ...item, key, id: `${prefix}${i + 1}` }));
	}
}

/** Ranges in order and apart; one that touches the last goes on with it. */
export function addTime(times: readonly TimeRange[], { start, end }: TimeRange): TimeRange[] {
	const last = times.at(-1);
	if (last && start <= last.end) return [...times.slice(0, -1), { start: last.start, end: Math.max(last.end, end) }];
	return [...times, { start, end }];
}

function joined(before: Entity, entity: Entity): Partial<Entity> {
	const grounded =
		before.grounded === undefined && entity.grounded === undefined
			? undefined
			: before.grounded === true || entity.grounded === true;
	return {
		score: Math.max(before.score, entity.score),
		regions: [...before.regions, ...entity.regions],
		...(grounded !== undefined && { grounded }),
	};
}

const withPicture = (region: Region | null, picture: number): Region | null => region && { ...region, picture };

function argumentIn(part: EventArgument, ids: ReadonlyMap<string, string>, picture: number): EventArgument {
	return {
		...part,
		entity: part.entity === null ? null : (ids.get(part.entity) ?? null),
		region: withPicture(part.region, picture),
	};
}

/** A text span once, the regions of every frame. */
function joinArguments(before: readonly EventArgument[], others: readonly EventArgument[]): EventArgument[] {
	const same = (a: EventArgument, b: EventArgument) =>
		a.role === b.role && a.span !== null && a.span.start === b.span?.start && a.span.end === b.span.end;
	return [...before, ...others.filter((part) => !before.some((one) => same(one, part)))];
}

type Keyed<T> = T & { readonly key: string };

/** Keys become ids, in text order. */
function renumber(
	entities: Keyed<Entity>[],
	relations: Keyed<Relation>[],
	events: Keyed<ExtractedEvent>[],
	text: string,
) {
	const sorted = entities
		.sort((a, b) => a.start - b.start || a.end - b.end)
		.map((entity, i) => ({ ...entity, id: `e${i + 1}` }));
	const idOf = new Map(sorted.map(({ key, id }) => [key, id]));
	const end = (key: string) => idOf.get(key) ?? key;
	const plain = <T>({ key: _key, ...rest }: Keyed<T>) => rest;
	return {
		...groupThings(
			sorted.map((entity) => plain<Entity>(entity)),
			text,
		),
		relations: relations.map((relation) => ({
			...plain<Relation>(relation),
			head: end(relation.head),
			tail: end(relation.tail),
		})),
		events: events.map((event) => ({
			...plain<ExtractedEvent>(event),
			arguments: event.arguments.map((part) => ({ ...part, entity: part.entity === null ? null : end(part.entity) })),
		})),
	};
}

/** What all parts have in common: outputs one after the other, mean gates, notes once, times added up. */
function together(
	results: readonly ExtractionResult[],
): Pick<ExtractionResult, "gate" | "raw" | "unread" | "notes" | "timings" | "experimental"> {
	const sumOf = (records: readonly Readonly<Record<string, number>>[]) => {
		const sums: Record<string, { sum: number; count: number }> = {};
		for (const [name, value] of records.flatMap(Object.entries<number>)) {
			const before = sums[name] ?? { sum: 0, count: 0 };
			sums[name] = { sum: before.sum + value, count: before.count + 1 };
		}
		return Object.entries(sums);
	};
	const experimental = [...new Set(results.flatMap((result) => result.experimental ?? []))];
	return {
		gate: Object.fromEntries(
			sumOf(results.map(({ gate }) => gate)).map(([task, { sum, count }]) => [task, sum / count]),
		),
		raw: results.flatMap(({ raw }) => raw),
		unread: results.flatMap(({ unread }) => unread),
		notes: [...new Set(results.flatMap(({ notes }) => notes))],
		timings: Object.fromEntries(sumOf(results.map(({ timings }) => timings)).map(([stage, { sum }]) => [stage, sum])),
		...(experimental.length > 0 && { experimental }),
	};
}

/** The text that steps were taken from, and where each begins in it (UTF-16). */
export interface StepPlaces {
	readonly text: string;
	readonly starts: readonly number[];
}

/** Steps that were never one text stand one below the other. */
function locateSteps(parts: readonly StepResult[]): StepPlaces {
	let offset = 0;
	const starts = parts.map(({ result }) => {
		const start = offset;
		offset += result.text.length + 1;
		return start;
	});
	return { text: parts.map(({ result }) => result.text).join("\n"), starts };
}

/**
 * One result of a procedure whose steps were asked one by one, each with its own picture: places moved along, entities
 * followed from step to step by the thing they name.
 * @param places where the steps stand in the person's own text; without it they stand one below the other
 * @throws Failure `usage` without steps, or when a step is not where `places` says
 */
export function mergeSteps(
	parts: readonly StepResult[],
	{ text, starts }: StepPlaces = locateSteps(parts),
): ExtractionResult {
	const [first] = parts;
	if (first === undefined) throw new Failure("usage", "A procedure has at least one step.");
	const pictures: ResultPicture[] = [];
	const moved = parts.map(({ result }, i) => {
		const step = i + 1;
		const shift = starts[i] ?? text.length;
		if (!text.startsWith(result.text, shift))
			throw new Failure("usage", `Step ${step} is not in the text at ${shift}.`);
		const picture = result.image ? pictures.push({ ...result.image, step }) - 1 : null;
		return { ...moveStep(result, shift, step, picture), step, picture, start: shift, end: shift + result.text.length };
	});
	const entities = moved.flatMap((part) => part.entities);
	// What one picture does for one step does not hold for the others.
	const { textPicture: _, unsupportedLanguage: __, ...base } = first.result;
	const foreign = parts.flatMap(({ result }) => result.unsupportedLanguage ?? []);
	// A step that quotes another language does not make the procedure foreign.
	const language = 2 * foreign.length > parts.length ? foreign[0] : undefined;
	return {
		...base,
		text,
		...groupThings(entities, text),
		...together(parts.map(({ result }) => result)),
		...(language && { unsupportedLanguage: language }),
		relations: moved.flatMap((part) => part.relations),
		events: moved.flatMap((part) => part.events),
		regions: moved.flatMap((part) => part.regions),
		image: pictures[0] ? { width: pictures[0].width, height: pictures[0].height } : null,
		pictures,
		steps: moved.map(({ step, start, end, picture }) => ({
			number: step,
			text: text.slice(start, end),
			start,
			end,
			picture,
		})),
	};
}

/** Ids carry their step, so that they stay apart: e2 of step 3 is "3e2". */
function moveStep(result: ExtractionResult, shift: number, step: number, picture: number | null) {
	const move = <T extends { readonly start: number; readonly end: number }>(span: T): T => ({
		...span,
		start: span.start + shift,
		end: span.end + shift,
	});
	const place = (region: Region): Region => (picture === null ? region : { ...region, picture });
	const known = new Set(result.entities.map(({ id }) => id));
	const idOf = (id: string) => (known.has(id) ? `${step}${id}` : id);
	return {
		regions: result.regions.map(place),
		entities: result.entities.map((entity) => ({
			...move(entity),
			id: idOf(entity.id),
			step,
			regions: entity.regions.map(place),
		})),
		relations: result.relations.map((relation) => {
			const region = relation.region && place(relation.region);
			return {
				...relation,
				id: `${step}${relation.id}`,
				head: idOf(relation.head),
				tail: idOf(relation.tail),
				...(region && { region }),
			};
		}),
		events: result.events.map((event) => ({
			...event,
			id: `${step}${event.id}`,
			trigger: move(event.trigger),
			arguments: event.arguments.map((part) => ({
				...part,
				span: part.span && move(part.span),
				entity: part.entity === null ? null : idOf(part.entity),
				region: part.region && place(part.region),
			})),
		})),
	};
}
