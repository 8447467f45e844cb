/** Reads GMNER and FMNERG: a CoNLL file with IMGID lines and a folder of Pascal-VOC boxes. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../../src/core/failure.ts";
import { type ConllPost, type ReadEntity, readConll, toEntities } from "./conll.ts";
import { readText } from "./files.ts";
import type { Format, ReadOptions, ReadRecord } from "./format.ts";
import { roleName } from "./labels.ts";
import { type NamedBox, readVoc } from "./voc.ts";

const MAX_XML_BYTES = 1 << 20;

function read(input: string, options: ReadOptions): ReadRecord[] {
	return readConll(input, options).map((post, index) => {
		const { text, entities } = toEntities(post, options);
		const image = post.imageId === null ? {} : { image_id: post.imageId };
		return {
			line: post.line,
			record: { id: `${options.name}-${index}`, text, ...image, entities: withBoxes(post, entities, options) },
		};
	});
}

/**
 * Boxes belong to entities by their words; the same words twice have the same boxes, as in the data set's own reader.
 */
function withBoxes(
	post: ConllPost,
	entities: readonly ReadEntity[],
	options: ReadOptions,
): (ReadEntity & { boxes?: NamedBox["box"][] })[] {
	const byName = new Map<string, NonNullable<NamedBox["box"]>[]>();
	for (const { name, box } of readBoxes(post, options)) {
		if (!entities.some(({ text }) => text === name))
			options.report("unmatched-box", post.line, `${JSON.stringify(name)}, picture ${post.imageId}`);
		else if (box === null) options.report("bad-box", post.line, `${JSON.stringify(name)}, picture ${post.imageId}`);
		else byName.set(name, [...(byName.get(name) ?? []), box]);
	}
	return entities.map((entity) => {
		const boxes = byName.get(entity.text);
		return boxes === undefined ? entity : { ...entity, boxes };
	});
}

/** Without a file, no entity of the post is to be seen in the picture. */
function readBoxes({ imageId, line }: ConllPost, { boxes: folder, report }: ReadOptions): NamedBox[] {
	if (folder === null || imageId === null) return [];
	// The id comes from outside and must stay a name in this folder.
	if (/[\\/\0]/.test(imageId) || imageId === ".." || imageId === ".") {
		report("bad-xml", line, `${JSON.stringify(imageId)} is not a file name`);
		return [];
	}
	const path = join(folder, `${imageId}.xml`);
	if (!existsSync(path)) return [];
	try {
		return readVoc(readText(path, MAX_XML_BYTES));
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		report("bad-xml", 0, error.what, path);
		return [];
	}
}

export const gmner: Format = {
	summary: "GMNER: CoNLL with IMGID lines, and --boxes, a folder of IMGID.xml (Pascal VOC)",
	tasks: ["mner", "gmner"],
	options: ["boxes", "column"],
	read,
};

/** Where fine types have a column of coarse ones beside them, entities take both. */
function readFine(input: string, options: ReadOptions): ReadRecord[] {
	const records = read(input, options);
	if (options.column !== null) return records;
	// Its own "other" is a type, not our miscellaneous one.
	const coarse = readConll(input, { report: () => {}, column: COARSE_COLUMN }).map((post) => {
		const { words, spans, line } = post;
		const named = new Map(spans.map(({ type }) => [type, options.renamed.get(type) ?? roleName(type)]));
		return toEntities({ words, spans, line, imageId: null }, { report: () => {}, renamed: named }).entities;
	});
	return records.map(({ line, record }, index): ReadRecord => {
		const entities = (record.entities as readonly ReadEntity[]).map((entity) => {
			const above = coarse[index]!.find(({ start, end }) => start === entity.start && end === entity.end);
			return above === undefined || above.type === entity.type ? entity : { ...entity, coarse: above.type };
		});
		return { line, record: { ...record, entities } };
	});
}

/** Words, coarse types, fine types. */
const COARSE_COLUMN = 2;

export const fmnerg: Format = {
	summary:
		"FMNERG: as gmner, with its fine types and the coarse ones beside them; --column 2 takes the coarse ones alone",
	tasks: ["fmnerg", "mner", "gmner"],
	condition: "mner and gmner need --labels",
	options: ["boxes", "column"],
	read: readFine,
};
