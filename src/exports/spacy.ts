/** spaCy: records to train it on, and input for its visualiser displaCy. */
import type { Entity } from "../core/result.ts";
import { codePoints, piecesOf, withoutOverlap } from "./offsets.ts";
import { tokenRange, tokensOf } from "./tokens.ts";
import type { ExportItem, Format, OutFile } from "./types.ts";

const spansOf = (entities: readonly Entity[]) =>
	entities.flatMap((entity) => piecesOf(entity).map(({ start, end }) => ({ start, end, type: entity.type })));

/**
 * One JSON record a line: `{"text", "entities": [[start, end, label]], "spans": {"sc": [[start, end, label]]}}`, the
 * keys of `spacy.training.Example.from_dict` (spacy.io/api/data-formats, "Annotation format for creating training
 * examples"). Offsets are indices of a Python string: code points. `entities` must not overlap there, so the longest
 * are in it; `spans.sc` (spaCy's default span group) has all of them.
 */
function writeSpacy(items: readonly ExportItem[]): OutFile[] {
	const lines = items.map(({ result: { text, entities } }) => {
		const points = codePoints(text);
		const spans = spansOf(entities);
		const triple = ({ start, end, type }: (typeof spans)[number]) => [
			points.fromUtf16(start),
			points.fromUtf16(end),
			type,
		];
		return JSON.stringify({ text, entities: withoutOverlap(spans).map(triple), spans: { sc: spans.map(triple) } });
	});
	return [{ path: "umie.spacy.jsonl", text: lines.map((line) => `${line}\n`).join("") }];
}

/**
 * Input of `displacy.render(…, manual=True)` (spacy.io/usage/visualizers, "Rendering data manually"): `ents` for
 * `style="ent"`, which knows no overlap, and `tokens` with `spans` for `style="span"`, which does. Offsets are code
 * points; `end_token` is exclusive.
 */
function writeDisplacy(items: readonly ExportItem[]): OutFile[] {
	const documents = items.map(({ id, result: { text, entities } }) => {
		const points = codePoints(text);
		const spans = spansOf(entities);
		const tokens = tokensOf(
			text,
			spans.flatMap(({ start, end }) => [start, end]),
		);
		return {
			text,
			ents: withoutOverlap(spans).map(({ start, end, type }) => ({
				start: points.fromUtf16(start),
				end: points.fromUtf16(end),
				label: type,
			})),
			title: items.length === 1 ? null : id,
			tokens: tokens.map((token) => text.slice(token.start, token.end)),
			spans: spans.flatMap((span) => {
				const range = tokenRange(tokens, span);
				return range === null ? [] : [{ start_token: range[0], end_token: range[1], label: span.type }];
			}),
		};
	});
	return [{ path: "umie.displacy.json", text: `${JSON.stringify(documents, null, "\t")}\n` }];
}

export const displacy: Format = {
	title: "displaCy",
	about: "Input of displacy.render(…, manual=True)",
	leavesOut: "relations, events, boxes, scores",
	extension: ".json",
	files: "one",
	mediaType: "application/json",
	offsets: "code points",
	write: writeDisplacy,
};

export const spacy: Format = {
	title: "spaCy JSON lines",
	about: "Training examples for spaCy’s NER and span categorizer",
	leavesOut: "relations, events, boxes, scores",
	extension: ".jsonl",
	files: "one",
	mediaType: "application/x-ndjson",
	offsets: "code points",
	write: writeSpacy,
};
