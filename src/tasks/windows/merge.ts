/**
 * Merges what was found in the windows of a text into one result: each record once, in places of the whole text, with
 * relations and roles across the seam where a window holds both ends.
 */
import type { Entity, EventArgument, ExtractedEvent, ExtractionResult, Relation, Step } from "../../core/result.ts";
import { findSteps } from "../catalog/gmper.ts";
import { groupThings } from "../names/identity.ts";
import { judgeTextPicture } from "../result/grounding.ts";
import type { TextWindow } from "./cut.ts";
import { NoteCounter, partsNote, type ReadParts, unfinishedNotes } from "./notes.ts";

/** Outputs of the model that are kept: they tell how an answer came about, and a book has thousands. */
const MAX_RAW = 100;
const MAX_UNREAD = 100;

interface Place {
	readonly start: number;
	readonly end: number;
}

/** A relation as one window gives it. An end is a mention, or the name of an object of the picture. */
interface Claim {
	readonly window: number;
	readonly relation: Relation;
	readonly head: Entity | string;
	readonly tail: Entity | string;
}

interface FoundEvent {
	/** As the window found it that answers for its trigger; null: that one has not. */
	event: ExtractedEvent | null;
	/** Roles as several windows give them. */
	readonly roles: { readonly window: number; readonly role: EventArgument }[];
}

/** What one window said. */
export interface WindowReading {
	readonly result: ExtractionResult;
	/** Notes of the result that say what is missing: words that were not read, answers that were cut. */
	readonly limits: readonly string[];
	/** Whether smaller windows would say more. */
	readonly isWorthCutting: boolean;
	/** Whether everything was asked: reading may end early where it is going to be done again. */
	readonly isComplete: boolean;
}

const keyOf = ({ start, end, type }: Place & { readonly type: string }) => `${start} ${end} ${type}`;
const placeKey = ({ start, end }: Place) => `${start} ${end}`;
const holds = (outer: Place | undefined, inner: Place) =>
	outer !== undefined && outer.start <= inner.start && inner.end <= outer.end;
const idOf = (end: Entity | string) => (isMention(end) ? end.id : end);
const isMention = (end: Entity | string): end is Entity => typeof end !== "string";

/** Nothing but records is kept of a window. */
export class WindowMerger {
	readonly #text: string;
	readonly #windows: TextWindow[] = [];
	readonly #entities = new Map<string, Entity>();
	readonly #claims: Claim[] = [];
	readonly #events = new Map<string, FoundEvent>();
	readonly #notes = new NoteCounter();
	readonly #gates = new Map<string, { sum: number; count: number }>();
	readonly #raw: ExtractionResult["raw"] = [];
	readonly #unread: string[] = [];
	readonly #experimental = new Set<string>();
	readonly #unfinished: Place[] = [];
	#first: ExtractionResult | null = null;
	#last: ExtractionResult | null = null;
	#pictureGates: number[] = [];
	/** Where the last mention ends: one that a later window finds inside of it is a piece of it. */
	#reach = 0;

	/** @param text the whole text */
	constructor(text: string) {
		this.#text = text;
	}

	/** Windows come in text order. */
	add(window: TextWindow, { result, limits }: Pick<WindowReading, "result" | "limits">): void {
		const at = this.#windows.push(window) - 1;
		this.#first ??= result;
		this.#last = result;
		const shift = window.start;
		const moved = new Map(result.entities.map((entity) => [entity.id, moveEntity(entity, shift)]));
		this.#addEntities(window, [...moved.values()]);
		const end = (id: string) => moved.get(id) ?? id;
		for (const relation of result.relations)
			this.#claims.push({ window: at, relation, head: end(relation.head), tail: end(relation.tail) });
		for (const event of result.events) this.#addEvent(at, moveEvent(event, shift));
		this.#addRemarks(window, result, limits);
	}

	#addEntities({ from, to }: TextWindow, found: readonly Entity[]): void {
		const before = this.#reach;
		for (const entity of found) {
			if (entity.start < from || entity.start >= to || entity.start < before) continue;
			this.#entities.set(keyOf(entity), entity);
			this.#reach = Math.max(this.#reach, entity.end);
		}
	}

	#addEvent(window: number, event: ExtractedEvent): void {
		const key = keyOf({ ...event.trigger, type: event.type });
		const found = this.#events.get(key) ?? { event: null, roles: [] };
		this.#events.set(key, found);
		if (this.#owner(event.trigger.start) === window) found.event = event;
		found.roles.push(...event.arguments.map((role) => ({ window, role })));
	}

	#addRemarks({ start, end }: TextWindow, result: ExtractionResult, limits: readonly string[]): void {
		this.#notes.add(result.notes.filter((note) => !limits.includes(note)));
		for (const [task, gate] of Object.entries(result.gate)) {
			const { sum, count } = this.#gates.get(task) ?? { sum: 0, count: 0 };
			this.#gates.set(task, { sum: sum + gate, count: count + 1 });
		}
		if (result.textPicture) this.#pictureGates = [...this.#pictureGates, result.textPicture.gate];
		this.#raw.push(...result.raw.slice(0, MAX_RAW - this.#raw.length));
		this.#unread.push(...result.unread.slice(0, MAX_UNREAD - this.#unread.length));
		for (const task of result.experimental ?? []) this.#experimental.add(task);
		if (limits.length > 0) this.#unfinished.push({ start, end });
	}

	/** The window that answers for a place; -1: none so far. Windows that were added last are asked first. */
	#owner(place: number): number {
		let [low, high] = [0, this.#windows.length - 1];
		while (low <= high) {
			const middle = (low + high) >> 1;
			const { from, to } = this.#windows[middle]!;
			if (place < from) high = middle - 1;
			else if (place >= to) low = middle + 1;
			else return middle;
		}
		return -1;
	}

	/** Whether this window is to be believed about two places: that of the first is, else that of the second. */
	#counts(window: number, first: Place, second: Place): boolean {
		const [own, other] = [this.#owner(first.start), this.#owner(second.start)];
		if (window === own) return true;
		return !holds(this.#windows[own], second) && (window === other || !holds(this.#windows[other], first));
	}

	/**
	 * Everything so far.
	 * @param parts windows that were read, of how many; null: all
	 * @throws TypeError before the first window
	 */
	result(parts: ReadParts | null = null): ExtractionResult {
		const [first, last] = [this.#first!, this.#last!];
		const text = this.#text;
		const sorted = [...this.#entities.values()].sort((a, b) => a.start - b.start || a.end - b.end);
		const numbered = sorted.map((entity, at): Entity => ({ ...entity, id: `e${at + 1}` }));
		const steps = first.steps ? stepsOf(text, first.steps) : null;
		const stepped = steps ? numbered.map((entity) => withStep(entity, steps)) : numbered;
		const { entities, things } = groupThings(stepped, text);
		const placed = new PlacedEntities(entities);
		const textPicture =
			first.textPicture &&
			judgeTextPicture(
				this.#pictureGates,
				entities.map(({ sight = [] }) => sight),
				first.textPicture.threshold,
			);
		const { textPicture: _, steps: _steps, things: _things, experimental: _experimental, ...base } = first;
		const unfinished = [...this.#unfinished, ...this.#rest(parts !== null)];
		return {
			...base,
			text,
			entities,
			relations: this.#relations(placed),
			events: this.#foundEvents(placed),
			gate: Object.fromEntries([...this.#gates].map(([task, { sum, count }]) => [task, sum / count])),
			raw: [...this.#raw],
			unread: [...this.#unread],
			notes: [...this.#notes.all(), ...unfinishedNotes(text, this.#unfinished), ...partsNote(parts)],
			device: last.device,
			timings: last.timings,
			...(textPicture && { textPicture }),
			...(things.length > 0 && { things }),
			...(steps && { steps }),
			...(this.#experimental.size > 0 && { experimental: [...this.#experimental] }),
			...(unfinished.length > 0 && { unfinished }),
		};
	}

	/** What no window has read. */
	#rest(isPartial: boolean): Place[] {
		const read = this.#windows.at(-1)?.to ?? 0;
		return isPartial && read < this.#text.length ? [{ start: read, end: this.#text.length }] : [];
	}

	#relations(placed: PlacedEntities): Relation[] {
		const byKey = new Map<string, Relation>();
		for (const { window, relation, head, tail } of this.#claims) {
			const ends = [head, tail].filter(isMention);
			const [one, other = one] = ends;
			if (one && other && !this.#counts(window, one, other)) continue;
			const [from, to] = [head, tail].map((end) => (isMention(end) ? placed.find(end) : end));
			if (from === undefined || to === undefined || from === to) continue;
			const [fromId, toId] = [idOf(from), idOf(to)];
			const key = `${fromId} ${relation.type} ${toId}`;
			const before = byKey.get(key);
			const found = under(relation, [from, to].filter(isMention));
			if (!before || before.score < found.score)
				byKey.set(key, { ...found, head: fromId, tail: toId, id: before?.id ?? `r${byKey.size + 1}` });
		}
		return [...byKey.values()];
	}

	#foundEvents(placed: PlacedEntities): ExtractedEvent[] {
		return [...this.#events.values()]
			.flatMap(({ event, roles }) => (event ? [{ event, roles }] : []))
			.sort((a, b) => a.event.trigger.start - b.event.trigger.start || a.event.trigger.end - b.event.trigger.end)
			.map(({ event, roles }, at) => ({
				...event,
				id: `v${at + 1}`,
				arguments: this.#argumentsOf(event, roles, placed),
			}));
	}

	#argumentsOf(event: ExtractedEvent, roles: FoundEvent["roles"], placed: PlacedEntities): EventArgument[] {
		const byKey = new Map<string, EventArgument>();
		for (const { window, role } of roles) {
			if (!this.#counts(window, event.trigger, role.span ?? event.trigger)) continue;
			const key = `${role.role} ${role.span ? placeKey(role.span) : role.region?.object}`;
			const entity = role.span && placed.idAt(role.span);
			if (!byKey.has(key)) byKey.set(key, { ...under(role, [event]), entity });
		}
		return [...byKey.values()];
	}
}

/** Entities of the result, by where they stand. */
class PlacedEntities {
	readonly #sorted: readonly Entity[];
	readonly #byKey: ReadonlyMap<string, Entity>;
	readonly #byPlace: ReadonlyMap<string, Entity>;

	/** @param sorted in text order */
	constructor(sorted: readonly Entity[]) {
		this.#sorted = sorted;
		this.#byKey = new Map(sorted.map((entity) => [keyOf(entity), entity]));
		this.#byPlace = new Map(sorted.map((entity) => [placeKey(entity), entity] as const).reverse());
	}

	/** What a mention of some window is in the result: the same, else one at its place, else one that overlaps it. */
	find(mention: Entity): Entity | undefined {
		return this.#byKey.get(keyOf(mention)) ?? this.#byPlace.get(placeKey(mention)) ?? this.#overlapping(mention);
	}

	/** Null where no mention stands exactly there. */
	idAt(place: Place): string | null {
		return this.#byPlace.get(placeKey(place))?.id ?? null;
	}

	/** The nearest ones by their beginning; more than a few never overlap. */
	#overlapping({ start, end, type }: Entity): Entity | undefined {
		let [low, high] = [0, this.#sorted.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if (this.#sorted[middle]!.start < start) low = middle + 1;
			else high = middle;
		}
		const near = this.#sorted.slice(Math.max(0, low - NEAR), low + NEAR);
		return near.find((one) => one.type === type && one.start < end && start < one.end);
	}
}

const NEAR = 4;

/** Where scores are probabilities, a record is never surer than what it stands on. */
function under<T extends { readonly score: number; readonly sure?: boolean | undefined }>(
	record: T,
	others: readonly Pick<T, "score" | "sure">[],
): T {
	if (record.sure === undefined) return record;
	return {
		...record,
		score: Math.min(record.score, ...others.map(({ score }) => score)),
		sure: record.sure && others.every(({ sure }) => sure !== false),
	};
}

const move = <T extends Place>(place: T, by: number): T => ({ ...place, start: place.start + by, end: place.end + by });

function moveEntity(entity: Entity, by: number): Entity {
	const { thing: _, fragments, ...moved } = move(entity, by);
	return { ...moved, ...(fragments && { fragments: fragments.map((fragment) => move(fragment, by)) }) };
}

function moveEvent(event: ExtractedEvent, by: number): ExtractedEvent {
	return {
		...event,
		trigger: move(event.trigger, by),
		arguments: event.arguments.map((one) => ({ ...one, span: one.span && move(one.span, by) })),
	};
}

function withStep(entity: Entity, steps: readonly Step[]): Entity {
	if (entity.step === undefined) return entity;
	const step = steps.find(({ start, end }) => entity.start >= start && entity.end <= end);
	const { step: _, ...rest } = entity;
	return step ? { ...rest, step: step.number } : rest;
}

/** Steps are counted over the whole text: a window begins anywhere. */
function stepsOf(text: string, [first]: readonly Step[]): Step[] {
	return findSteps({ text, words: [] }).map(({ number, start, end }) => ({
		number,
		text: text.slice(start, end),
		start,
		end,
		picture: first?.picture ?? null,
	}));
}
