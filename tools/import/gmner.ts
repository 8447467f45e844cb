/** Goes in: a CoNLL file with IMGID lines and a folder of Pascal-VOC boxes (GMNER, FMNERG). Comes out: mner records whose entities have boxes. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../src/core/failure.ts";
import { type ConllPost, entitiesOf, type ReadEntity, readConll } from "./conll.ts";
import { readText } from "./files.ts";
import type { Format, ReadOptions, ReadRecord } from "./format.ts";
import { type NamedBox, readVoc } from "./voc.ts";

const MOST_XML = 1 << 20;

function read(input: string, options: ReadOptions): ReadRecord[] {
	return readConll(input, options).map((post, index) => {
		const { text, entities } = entitiesOf(post, options);
		const image = post.imageId === null ? {} : { image_id: post.imageId };
		return { line: post.line, record: { id: `${options.name}-${index}`, text, ...image, entities: withBoxes(post, entities, options) } };
	});
}

/** Boxes belong to entities by their words; the same words twice have the same boxes, as in the data set's own reader. */
function withBoxes(post: ConllPost, entities: readonly ReadEntity[], options: ReadOptions): (ReadEntity & { boxes?: NamedBox["box"][] })[] {
	const byName = new Map<string, NonNullable<NamedBox["box"]>[]>();
	for (const { name, box } of boxesOf(post, options)) {
		if (!entities.some(({ text }) => text === name)) options.report("unmatched-box", post.line, `${JSON.stringify(name)}, picture ${post.imageId}`);
		else if (box === null) options.report("bad-box", post.line, `${JSON.stringify(name)}, picture ${post.imageId}`);
		else byName.set(name, [...(byName.get(name) ?? []), box]);
	}
	return entities.map((entity) => {
		const boxes = byName.get(entity.text);
		return boxes === undefined ? entity : { ...entity, boxes };
	});
}

/** No file: nothing of the post is to be seen. */
function boxesOf({ imageId, line }: ConllPost, { boxes: folder, report }: ReadOptions): NamedBox[] {
	if (folder === null || imageId === null) return [];
	// The id comes from outside and must stay a name in this folder.
	if (/[\\/\0]/.test(imageId) || imageId === ".." || imageId === ".") {
		report("bad-xml", line, `${JSON.stringify(imageId)} is no file name`);
		return [];
	}
	const path = join(folder, `${imageId}.xml`);
	if (!existsSync(path)) return [];
	try {
		return readVoc(readText(path, MOST_XML));
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		report("bad-xml", 0, error.what, path);
		return [];
	}
}

export const gmner: Format = {
	summary: "GMNER: CoNLL with IMGID lines, and --boxes, a folder of IMGID.xml (Pascal VOC)",
	tasks: "mner, gmner",
	read,
};

export const fmnerg: Format = {
	summary: "FMNERG: as gmner, with its fine types; --column 2 takes the coarse ones",
	tasks: "mner, gmner (with --labels)",
	read,
};
