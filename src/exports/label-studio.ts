/**
 * Label Studio: tasks with predictions, and the labelling interface they need. `read-label-studio.ts` is the way back.
 */
import type { EventArgument, ExtractionResult, Region } from "../core/result.ts";
import { SEEN_IN, TAGS } from "./label-studio-names.ts";
import { type CodePoints, codePoints, type Span, wellFormed } from "./offsets.ts";
import { isMinimal, readLabelStudio } from "./read-label-studio.ts";
import type { ExportItem, Format, OutFile } from "./types.ts";

interface TextPlace {
	readonly text: string;
	readonly points: CodePoints;
}

function textRegion(
	id: string,
	tag: string,
	label: string,
	{ start, end }: Span,
	{ text, points }: TextPlace,
	score: number,
): object {
	const value = {
		start: points.fromUtf16(start),
		end: points.fromUtf16(end),
		text: wellFormed(text.slice(start, end)),
		labels: [label],
	};
	return { id, from_name: tag, to_name: TAGS.text, type: "labels", value, score };
}

/** Percent of the picture's width and height (labelstud.io/guide/predictions, "Units of image annotations"). */
function boxRegion(
	{ object, box: [x1, y1, x2, y2], score }: Region,
	{ width, height }: NonNullable<ExtractionResult["image"]>,
): object {
	const value = {
		x: (100 * x1) / width,
		y: (100 * y1) / height,
		width: (100 * (x2 - x1)) / width,
		height: (100 * (y2 - y1)) / height,
		rotation: 0,
		rectanglelabels: [object],
	};
	const about = { id: object, from_name: TAGS.object, to_name: TAGS.image, type: "rectanglelabels", score };
	return { ...about, original_width: width, original_height: height, image_rotation: 0, value };
}

const relation = (from: string, to: string, label: string) => ({
	type: "relation",
	from_id: from,
	to_id: to,
	direction: "right",
	labels: [label],
});

function eventRegions(result: ExtractionResult, place: TextPlace): object[] {
	return result.events.flatMap((event) => {
		const fillers = event.arguments.flatMap((part, index) => {
			const id = `${event.id}-${index + 1}`;
			const own =
				part.entity === null && part.span
					? [textRegion(id, TAGS.argument, part.role, part.span, place, part.score)]
					: [];
			return [...own, relation(event.id, targetOf(part, id), part.role)];
		});
		return [textRegion(event.id, TAGS.trigger, event.type, event.trigger, place, event.score), ...fillers];
	});
}

const targetOf = ({ entity, region }: EventArgument, own: string): string => entity ?? region?.object ?? own;

function resultOf({ result }: ExportItem): object[] {
	const { text, entities, relations, regions, image } = result;
	const place = { text, points: codePoints(text) };
	return [
		...entities.map(({ id, type, score, ...span }) => textRegion(id, TAGS.entity, type, span, place, score)),
		...(image ? regions.map((region) => boxRegion(region, image)) : []),
		...entities.flatMap(({ id, regions: seen }) => seen.map(({ object }) => relation(id, object, SEEN_IN))),
		...relations.map(({ head, tail, type }) => relation(head, tail, type)),
		...eventRegions(result, place),
	];
}

/**
 * One task for each post, its records as a prediction, to be corrected there (labelstud.io/guide/predictions, "Import
 * pre-annotations"). Text offsets are code points since Label Studio 1.4 (HumanSignal/label-studio#1559,
 * label-studio-frontend#308), end exclusive.
 */
function writeLabelStudio(items: readonly ExportItem[]): OutFile[] {
	const tasks = items.map((item) => ({
		data: { id: item.id, text: item.result.text, ...(item.image !== null && { image: item.image }) },
		predictions: [{ model_version: item.result.model, result: resultOf(item) }],
	}));
	return [{ path: "umie.label-studio.json", text: `${JSON.stringify(tasks, null, "\t")}\n` }];
}

const XML: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"\t": "&#9;",
	"\n": "&#10;",
	"\r": "&#13;",
};
/** An attribute's value; what XML 1.0 has no place for is left out. */
const attribute = (value: string): string =>
	`"${wellFormed(value)
		.replace(/(?![\t\n\r])\p{Cc}|[\uFFFE\uFFFF]/gu, "")
		.replace(/[&<>"\t\n\r]/g, (character) => XML[character] ?? "")}"`;

const labelTag = (tag: string, name: string, to: string, values: ReadonlySet<string>): string[] =>
	values.size === 0
		? []
		: [
				`\t<${tag} name="${name}" toName="${to}">`,
				...[...values].map((value) => `\t\t<Label value=${attribute(value)} />`),
				`\t</${tag}>`,
			];

/**
 * The labelling interface (labelstud.io/tags) with every label of the results: to be pasted into the project's
 * settings.
 */
function writeLabelStudioConfig(items: readonly ExportItem[]): OutFile[] {
	const results = items.map(({ result }) => result);
	const set = (of: (result: ExtractionResult) => string[]) => new Set(results.flatMap(of));
	const roles = ({ events }: ExtractionResult) =>
		events.flatMap(({ arguments: parts }) => parts.map(({ role }) => role));
	const relations = set(({ relations }) => relations.map(({ type }) => type));
	const links = new Set([
		...relations,
		...set(roles),
		...(results.some(({ regions }) => regions.length > 0) ? [SEEN_IN] : []),
	]);
	const lines = [
		"<View>",
		...labelTag(
			"Labels",
			TAGS.entity,
			TAGS.text,
			set(({ entities }) => entities.map(({ type }) => type)),
		),
		...labelTag(
			"Labels",
			TAGS.trigger,
			TAGS.text,
			set(({ events }) => events.map(({ type }) => type)),
		),
		...labelTag("Labels", TAGS.argument, TAGS.text, set(roles)),
		`\t<Text name="${TAGS.text}" value="$text" />`,
		...labelTag(
			"RectangleLabels",
			TAGS.object,
			TAGS.image,
			set(({ regions }) => regions.map(({ object }) => object)),
		),
		...(items.some(({ image }) => image !== null) ? [`\t<Image name="${TAGS.image}" value="$image" />`] : []),
		...(links.size === 0
			? []
			: [
					"\t<Relations>",
					...[...links].map((value) => `\t\t<Relation value=${attribute(value)} />`),
					"\t</Relations>",
				]),
		"</View>",
	];
	return [{ path: "umie.label-studio.xml", text: `${lines.join("\n")}\n` }];
}

export const labelStudio: Format = {
	title: "Label Studio",
	about: "Tasks with predictions, to correct in Label Studio",
	leavesOut: "the pieces of discontinuous mentions",
	extension: ".json",
	files: "one",
	mediaType: "application/json",
	offsets: "code points",
	write: writeLabelStudio,
	reader: {
		recognisesJson: (first) =>
			("data" in first && ["annotations", "predictions", "completions"].some((key) => key in first)) ||
			isMinimal(first),
		read: readLabelStudio,
		restores: { fragments: false, scores: false },
	},
};

export const labelStudioConfig: Format = {
	title: "Label Studio interface",
	about: "The labelling interface for these tasks: paste it into the project’s settings",
	leavesOut: "everything but the names of labels",
	extension: ".xml",
	files: "one",
	mediaType: "application/xml",
	offsets: "none",
	write: writeLabelStudioConfig,
};
