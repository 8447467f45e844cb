/**
 * Reads the folder of M2E2's annotations: sentences with events and arguments, those in the pictures included, or the
 * events of pictures.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { Failure } from "../../../src/core/failure.ts";
import { readJson, readText } from "./files.ts";
import type { Format, ReadOptions, ReadRecord } from "./format.ts";
import { entityType, eventType, roleName } from "./labels.ts";
import { tokens } from "./literal-lines.ts";
import type { Report } from "./problems.ts";
import { JoinedText, type Mention, pictureId } from "./record.ts";

const SENTENCES = ["text_only_event.json", "text_multimedia_event.json"] as const;
const PICTURES = ["image_only_event.json", "image_multimedia_event.json"] as const;
const LINKS = "crossmedia_coref.txt";

const span = { start: z.int(), end: z.int(), text: z.optional(z.string()) };
const Argument = z.object({ ...span, role: z.string() });
const Sentence = z.object({
	sentence_id: z.string(),
	words: tokens,
	image: z.optional(z.array(z.string())),
	"golden-entity-mentions": z.optional(
		z.array(z.object({ ...span, "entity-type": z.optional(z.string()), entity_type: z.optional(z.string()) })),
	),
	"golden-event-mentions": z.array(
		z.object({ event_type: z.string(), trigger: z.object(span), arguments: z.array(Argument) }),
	),
});
/** Role → [name, x1, y1, x2, y2] in pixels. */
const region = z.tuple([z.unknown(), z.number(), z.number(), z.number(), z.number()]);
const Picture = z.object({ event_type: z.string(), role: z.optional(z.record(z.string(), z.array(region))) });

type SentenceItem = z.infer<typeof Sentence>;

interface PictureEvent {
	readonly type: string;
	readonly source: string;
	readonly arguments: readonly RegionArgument[];
}

interface RegionArgument {
	readonly role: string;
	/** Pixels. */
	readonly box: readonly [number, number, number, number];
}

interface FoundEvent {
	readonly type: string;
	readonly trigger: Mention;
	readonly arguments: readonly (RegionArgument | (Mention & { readonly role: string }))[];
}

interface Link {
	readonly picture: string;
	readonly type: string;
}

function read(folder: string, options: ReadOptions): ReadRecord[] {
	const pictures = readPictures(folder, options);
	if (options.part === "images") return [...pictures].map(([id, event]) => pictureRecord(id, event, options));
	const links = readLinks(folder, options.report);
	const records = readSentences(folder, options).map((found) =>
		sentenceRecord(found, pictures, links.get(found.item.sentence_id) ?? [], options),
	);
	return options.part === "multimedia" ? records.filter(({ record }) => links.has(String(record.source_id))) : records;
}

interface FoundSentence {
	/** Where it was first. */
	readonly path: string;
	readonly line: number;
	readonly item: SentenceItem;
}

/** A sentence stands in both files when it has events of both kinds: their events are joined. */
function readSentences(folder: string, { report }: ReadOptions): FoundSentence[] {
	const byId = new Map<string, FoundSentence>();
	for (const name of SENTENCES) {
		const path = join(folder, name);
		if (!existsSync(path)) throw new Failure("input-unreadable", `${path} is missing.`);
		const list = readJson(path);
		if (!Array.isArray(list)) throw new Failure("input-unreadable", `${path}: expected a list of sentences.`);
		const here = new Set<string>();
		for (const [index, value] of list.entries()) {
			const parsed = Sentence.safeParse(value);
			const issue = parsed.error?.issues[0];
			if (!parsed.success) report("bad-record", index + 1, `"${issue?.path.join(".")}": ${issue?.message}`, path);
			else {
				const { data } = parsed;
				if (here.has(data.sentence_id)) report("duplicate-id", index + 1, data.sentence_id, path);
				here.add(data.sentence_id);
				const before = byId.get(data.sentence_id);
				byId.set(data.sentence_id, { path, line: index + 1, ...before, item: joinEvents(before?.item, data) });
			}
		}
	}
	return [...byId.values()];
}

function joinEvents(before: SentenceItem | undefined, now: SentenceItem): SentenceItem {
	if (before === undefined) return now;
	const events = [...before["golden-event-mentions"], ...now["golden-event-mentions"]];
	return {
		...before,
		"golden-event-mentions": [...new Map(events.map((event) => [JSON.stringify(event), event])).values()],
	};
}

function readPictures(folder: string, { report, renamed }: ReadOptions): Map<string, PictureEvent> {
	const pictures = new Map<string, PictureEvent>();
	for (const name of PICTURES) {
		const path = join(folder, name);
		if (!existsSync(path)) continue;
		for (const [id, value] of Object.entries(readJson(path) as object)) {
			const parsed = Picture.safeParse(value);
			if (!parsed.success) {
				report("bad-record", 0, `${id}: ${parsed.error.issues[0]?.message}`, path);
				continue;
			}
			const regions = Object.entries(parsed.data.role ?? {}).flatMap(([role, boxes]) =>
				boxes.flatMap(([, x1, y1, x2, y2]): RegionArgument[] => {
					if (x2 > x1 && y2 > y1) return [{ role: roleName(role), box: [x1, y1, x2, y2] }];
					report("bad-box", 0, `${id}, ${role}: ${[x1, y1, x2, y2].join(", ")}`, path);
					return [];
				}),
			);
			pictures.set(pictureId(id), {
				type: eventType(parsed.data.event_type, renamed),
				source: name.replace(".json", ""),
				arguments: regions,
			});
		}
	}
	return pictures;
}

/** Lines of "sentence, picture, event type", parted by tabs: the two tell of the same event. */
function readLinks(folder: string, report: Report): Map<string, Link[]> {
	const links = new Map<string, Link[]>();
	const path = join(folder, LINKS);
	if (!existsSync(path)) return links;
	for (const [index, line] of readText(path).split(/\r?\n/).entries()) {
		if (line.trim() === "") continue;
		const [sentence, picture, type] = line.trim().split(/\s+/);
		if (sentence === undefined || picture === undefined || type === undefined)
			report("bad-record", index + 1, JSON.stringify(line.slice(0, 80)), path);
		else links.set(sentence, [...(links.get(sentence) ?? []), { picture: pictureId(picture), type }]);
	}
	return links;
}

function sentenceRecord(
	{ item, line, path }: FoundSentence,
	pictures: ReadonlyMap<string, PictureEvent>,
	links: readonly Link[],
	options: ReadOptions,
): ReadRecord {
	const joined = new JoinedText(item.words);
	const place = (where: z.infer<typeof Argument> | { start: number; end: number; text?: string | undefined }) =>
		findMention(joined, item.words, where, (what) => options.report("bad-span", line, what, path));
	// A record has one picture: the first that tells of an event of the sentence.
	const picture = links[0]?.picture ?? (item.image?.[0] === undefined ? undefined : pictureId(item.image[0]));
	const events = item["golden-event-mentions"].flatMap(({ event_type, trigger, arguments: list }): FoundEvent[] => {
		const found = place(trigger);
		if (found === null) return [];
		const type = eventType(event_type, options.renamed);
		const inText = list.flatMap((argument) => {
			const mention = place(argument);
			return mention === null ? [] : [{ role: roleName(argument.role), ...mention }];
		});
		const linked = links.some((link) => link.picture === picture && eventType(link.type, options.renamed) === type);
		const event = picture === undefined ? undefined : pictures.get(picture);
		return [
			{ type, trigger: found, arguments: [...inText, ...(linked && event?.type === type ? event.arguments : [])] },
		];
	});
	const entities = (item["golden-entity-mentions"] ?? []).flatMap((mention) => {
		const found = place(mention);
		return found === null
			? []
			: [{ type: entityType(mention["entity-type"] ?? mention.entity_type ?? "", options.renamed), ...found }];
	});
	const image = picture === undefined ? {} : { image_id: picture };
	const id = `${options.name}-${item.sentence_id}`;
	return {
		line,
		record: {
			id,
			source_id: item.sentence_id,
			doc: documentOf(item.sentence_id),
			text: joined.text,
			...image,
			entities,
			events,
		},
	};
}

/** Ends of M2E2 are exclusive; where the annotated words say otherwise, they decide. */
function findMention(
	joined: JoinedText,
	words: readonly string[],
	{ start, end, text }: { readonly start: number; readonly end: number; readonly text?: string | undefined },
	report: (what: string) => void,
): Mention | null {
	const wanted = text?.trim().replace(/\s+/gu, " ");
	const reads = (to: number) => words.slice(start, to).join(" ") === wanted;
	const to = wanted === undefined || reads(end) || !reads(end + 1) ? end : end + 1;
	const mention = joined.mention({ from: start, to });
	if (mention === null || (wanted !== undefined && !reads(to)))
		report(
			`words ${start} to ${end} are ${JSON.stringify(mention?.text ?? null)}, not ${JSON.stringify(wanted ?? null)}`,
		);
	return mention;
}

const documentOf = (id: string) => id.replace(/_\d+$/, "");

function pictureRecord(id: string, event: PictureEvent, { name }: ReadOptions): ReadRecord {
	return { line: 0, record: { id: `${name}-img-${id}`, doc: documentOf(id), image_id: id, ...event } };
}

export const m2e2: Format = {
	summary:
		"M2E2: the folder of its annotations; --part text (default), multimedia (sentences linked to a picture) or images",
	tasks: ["med", "meae", "mee"],
	condition: "not with --part images",
	options: ["part"],
	read,
};
