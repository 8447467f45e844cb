/** COCO: one file with a box for everything in a picture that the text names. */
import type { ExtractionResult, Region } from "../core/result.ts";
import type { ExportItem, Format, OutFile } from "./types.ts";

interface Seen {
	readonly region: Region;
	readonly category: string;
	readonly group: "entity" | "role" | "region";
	/** What the text says of it. */
	readonly mention: string | null;
}

/** What each region is: an entity's type, a role of an event, or just a region. */
function seenIn({ entities, events, regions }: ExtractionResult): Seen[] {
	const named = [
		...entities.flatMap(({ type, text, regions: own }) =>
			own.map((region): Seen => ({ region, category: type, group: "entity", mention: text })),
		),
		...events.flatMap(({ arguments: parts, trigger }) =>
			parts.flatMap(({ role, region }): Seen[] =>
				region ? [{ region, category: role, group: "role", mention: trigger.text }] : [],
			),
		),
	];
	const keyOf = ({ object, picture = 0 }: Region) => `${picture} ${object}`;
	const objects = new Set(named.map(({ region }) => keyOf(region)));
	const rest = regions.filter((region) => !objects.has(keyOf(region)));
	return [...named, ...rest.map((region): Seen => ({ region, category: "region", group: "region", mention: null }))];
}

interface Picture {
	readonly name: string;
	readonly size: { readonly width: number; readonly height: number };
	readonly index: number;
	readonly result: ExtractionResult;
}

/** The one picture of a post, or each frame or step of it. */
function picturesOf({ id, image, result }: ExportItem): Picture[] {
	const name = image ?? id;
	if (result.pictures) return result.pictures.map((size, index) => ({ name: `${name}#${index}`, size, index, result }));
	return result.image ? [{ name, size: result.image, index: 0, result }] : [];
}

/** Inside the picture. */
const clip = (value: number, size: number): number => Math.min(size, Math.max(0, value));

/**
 * COCO object detection (cocodataset.org/#format-data): `bbox` is `[x, y, width, height]` in pixels from the top left
 * corner, ids count from 1. `segmentation` is empty: only boxes are known. `score` is as in COCO results; `attributes`
 * holds the words of the text.
 */
function writeCoco(items: readonly ExportItem[]): OutFile[] {
	const pictures = items.flatMap(picturesOf);
	const seen = pictures.flatMap(({ result, size, index }, at) =>
		seenIn(result)
			.filter(({ region }) => (region.picture ?? 0) === index)
			.map((one) => ({ ...one, image: at + 1, size })),
	);
	const names = [...new Set(seen.map(({ group, category }) => `${group}\n${category}`))].sort();
	const categories = names.map((key, index) => {
		const [supercategory = "", name = ""] = key.split("\n");
		return { id: index + 1, name, supercategory };
	});
	const categoryOf = new Map(names.map((key, index) => [key, index + 1]));
	const annotations = seen.map(({ region, category, group, mention, image, size }, index) => {
		const [x1, x2] = [clip(region.box[0], size.width), clip(region.box[2], size.width)];
		const [y1, y2] = [clip(region.box[1], size.height), clip(region.box[3], size.height)];
		const [width, height] = [Math.max(0, x2 - x1), Math.max(0, y2 - y1)];
		return {
			id: index + 1,
			image_id: image,
			category_id: categoryOf.get(`${group}\n${category}`),
			bbox: [x1, y1, width, height],
			area: width * height,
			segmentation: [],
			iscrowd: 0,
			score: region.score,
			attributes: { object: region.object, ...(mention !== null && { mention }) },
		};
	});
	const images = pictures.map(({ name, size }, index) => ({
		id: index + 1,
		width: size.width,
		height: size.height,
		file_name: name,
	}));
	const coco = {
		info: { description: "Regions named by the text of a post", version: "1.0" },
		licenses: [],
		images,
		annotations,
		categories,
	};
	return [{ path: "umie.coco.json", text: `${JSON.stringify(coco, null, "\t")}\n` }];
}

export const coco: Format = {
	title: "COCO boxes",
	about: "The boxes of what the text names, for object detectors",
	leavesOut: "the text, relations, entities without a box",
	extension: ".json",
	files: "one",
	mediaType: "application/json",
	offsets: "none",
	write: writeCoco,
};
