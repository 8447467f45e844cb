/** Lists the marks to draw over a text: entities, triggers, and arguments that are not entities. */
import type { ExtractionResult } from "../core/result.ts";
import { nameOf } from "../messages/names.ts";
import { t } from "../messages/ui.ts";
import { percent } from "./format.ts";
import type { Link } from "./links.ts";
import { ARGUMENT_LOOK, type Look, lookOfType, TRIGGER_LOOK } from "./palette.ts";
import type { TextSpan } from "./spans.ts";

export interface Mark extends TextSpan {
	readonly key: string;
	readonly link: Link;
	/** Shown beside the text. */
	readonly label: string;
	/** For screen readers: "Kyrie Irving, person, 93%". */
	readonly name: string;
	readonly look: Look;
	/** Of the record that the mark stands for. */
	readonly score: number;
	readonly kind: "entity" | "trigger" | "argument";
}

/** One entry of the legend: every mark with the same kind and label. */
export interface MarkGroup {
	readonly key: string;
	readonly label: string;
	readonly look: Look;
	readonly count: number;
}

export const groupOf = ({ kind, label }: Mark): string => `${kind}:${kind === "argument" ? "" : label}`;

/** @param event id of the chosen event: its arguments are marked even where an entity has the same span */
export function marksOf({ entities, events }: ExtractionResult, event: string | null): Mark[] {
	const ofEntities = entities.map(({ id, type, text, start, end, score }): Mark => {
		const label = nameOf("entity", type);
		return {
			key: `entity:${id}`,
			link: `entity:${id}`,
			label,
			name: `${text}, ${label}, ${percent(score)}`,
			look: lookOfType(type),
			score,
			kind: "entity",
			start,
			end,
		};
	});
	const ofEvents = events.flatMap(({ id, type, trigger, score, arguments: roles }): Mark[] => {
		const label = nameOf("event", type);
		const { start, end } = trigger;
		const own: Mark = {
			key: `event:${id}`,
			link: `event:${id}`,
			label,
			name: t("mark.trigger", { text: trigger.text, event: label, score: percent(score) }),
			look: TRIGGER_LOOK,
			score,
			kind: "trigger",
			start,
			end,
		};
		const others = roles.flatMap(({ role, span, entity, score: sure }, index): Mark[] => {
			if (span === null || (entity !== null && id !== event)) return [];
			const part = nameOf("role", role);
			const key = `event:${id}:${index}`;
			return [
				{
					key,
					link: `event:${id}`,
					label: part,
					name: t("mark.role", { text: span.text, role: part, event: label, score: percent(sure) }),
					look: ARGUMENT_LOOK,
					score: sure,
					kind: "argument",
					start: span.start,
					end: span.end,
				},
			];
		});
		return [own, ...others];
	});
	return [...ofEntities, ...ofEvents];
}

/** The legend of some marks, in order of first appearance. */
export function groupsOf(marks: readonly Mark[]): MarkGroup[] {
	const groups = new Map<string, MarkGroup>();
	for (const mark of marks) {
		const key = groupOf(mark);
		const before = groups.get(key);
		const label = mark.kind === "argument" ? t("mark.roles") : mark.label;
		groups.set(key, { key, label, look: mark.look, count: (before?.count ?? 0) + 1 });
	}
	return [...groups.values()];
}
