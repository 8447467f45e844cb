/**
 * Makes tokenizer.json and tokenizer_config.json from SentencePiece's spiece.model, as transformers converts a T5's.
 * The file is not trusted.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../../src/core/failure.ts";

const SPIECE = "spiece.model";
/** umT5's has 4.5 MB. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_PIECES = 1_000_000;
const UNIGRAM = 1;
/** Kinds of pieces, in SentencePiece's numbers. */
const KIND = { unknown: 2, control: 3 } as const;

interface Piece {
	readonly text: string;
	readonly score: number;
	readonly kind: number;
}

interface SentencePieceModel {
	readonly pieces: readonly Piece[];
	readonly charsmap: Uint8Array | null;
}

/** Walks a protobuf message: its fields' numbers, and their bytes or numbers. @throws RangeError past the end */
function* fieldsOf(bytes: Uint8Array): Generator<readonly [field: number, value: Uint8Array | number]> {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	let at = 0;
	const varint = (): number => {
		let value = 0;
		for (let shift = 0; shift < 70; shift += 7) {
			const byte = view.getUint8(at++);
			value += (byte & 0x7f) * 2 ** shift;
			if (byte < 0x80) return value;
		}
		throw new RangeError("a number of more than 10 bytes");
	};
	while (at < bytes.length) {
		const key = varint();
		const [field, wire] = [Math.floor(key / 8), key % 8];
		if (wire === 0) yield [field, varint()];
		else if (wire === 2) {
			const length = varint();
			if (length > bytes.length - at) throw new RangeError("a field that is longer than the file");
			yield [field, bytes.subarray(at, at + length)];
			at += length;
		} else if (wire === 5) {
			yield [field, view.getFloat32(at, true)];
			at += 4;
		} else if (wire === 1) {
			view.getFloat64(at, true);
			at += 8;
		} else throw new RangeError(`a field of the unknown kind ${wire}`);
	}
}

const isBytes = (value: Uint8Array | number): value is Uint8Array => typeof value !== "number";

function pieceOf(bytes: Uint8Array, decoder: { decode(bytes: Uint8Array): string }): Piece {
	let [text, score, kind] = ["", 0, 1];
	for (const [field, value] of fieldsOf(bytes)) {
		if (field === 1 && isBytes(value)) text = decoder.decode(value);
		else if (field === 2 && !isBytes(value)) score = value;
		else if (field === 3 && !isBytes(value)) kind = value;
	}
	return { text, score, kind };
}

/** @throws Failure `checkpoint-format` that says what is wrong with it */
export function parseSentencePiece(bytes: Uint8Array): SentencePieceModel {
	const bad = (what: string, cause?: unknown) => new Failure("checkpoint-format", `${SPIECE} ${what}.`, { cause });
	const pieces: Piece[] = [];
	let charsmap: Uint8Array | null = null;
	let model = UNIGRAM;
	try {
		const decoder = new TextDecoder("utf-8", { fatal: true });
		for (const [field, value] of fieldsOf(bytes)) {
			if (!isBytes(value)) continue;
			if (field === 1) pieces.push(pieceOf(value, decoder));
			else if (field === 2)
				for (const [own, number] of fieldsOf(value)) if (own === 3 && !isBytes(number)) model = number;
			if (field === 3)
				for (const [own, map] of fieldsOf(value)) if (own === 2 && isBytes(map) && map.length > 0) charsmap = map;
			if (pieces.length > MAX_PIECES) throw bad(`holds more than ${MAX_PIECES.toLocaleString("en")} pieces`);
		}
	} catch (cause) {
		if (cause instanceof Failure) throw cause;
		throw bad(`is broken or cut off: copy it again (${cause instanceof Error ? cause.message : "unreadable"})`, cause);
	}
	if (model !== UNIGRAM) throw bad(`is not a Unigram model (model type ${model}), which T5's are`);
	if (!pieces.some(({ kind }) => kind === KIND.unknown)) throw bad("holds no vocabulary with an unknown piece");
	return { pieces, charsmap };
}

/** T5's sentinels stand behind the pieces, the last first. mT5 and umT5 have theirs among the pieces. */
function sentinels(pieces: readonly Piece[], rows: number): string[] {
	const inside = pieces.some(({ text }) => /^▁?<extra_id_0>$/.test(text));
	const count = inside ? 0 : Math.max(0, Math.min(100, rows - pieces.length));
	return Array.from({ length: count }, (_, at) => `<extra_id_${count - 1 - at}>`);
}

/** @param rows of the embedding: so many ids at most */
export function tokenizerOf(
	{ pieces, charsmap }: SentencePieceModel,
	rows: number,
): { readonly tokenizer: object; readonly settings: object } {
	const more = sentinels(pieces, rows);
	const vocab = [...pieces.map(({ text, score }) => [text, score] as const), ...more.map((text) => [text, 0] as const)];
	const special = (text: string, id: number) => ({
		...{ id, content: text, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
	});
	const own = pieces.flatMap(({ text, kind }, id) =>
		kind === KIND.unknown || kind === KIND.control ? [special(text, id)] : [],
	);
	const end = pieces.findIndex(({ text }) => text === "</s>");
	const unknown = pieces.findIndex(({ kind }) => kind === KIND.unknown);
	const metaspace = {
		type: "Metaspace",
		replacement: "▁",
		prepend_scheme: "always",
		add_prefix_space: true,
		split: true,
	};
	const ends = end < 0 ? [] : [{ SpecialToken: { id: "</s>", type_id: 0 } }];
	const sequence = (id: string) => ({ Sequence: { id, type_id: 0 } });
	const tokenizer = {
		...{ version: "1.0", truncation: null, padding: null },
		added_tokens: [...own, ...more.map((text, at) => special(text, pieces.length + at))],
		normalizer:
			charsmap === null
				? null
				: { type: "Precompiled", precompiled_charsmap: Buffer.from(charsmap).toString("base64") },
		pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, metaspace] },
		post_processor: {
			...{ type: "TemplateProcessing", single: [sequence("A"), ...ends] },
			pair: [sequence("A"), ...ends, sequence("B"), ...ends],
			special_tokens: end < 0 ? {} : { "</s>": { id: "</s>", ids: [end], tokens: ["</s>"] } },
		},
		decoder: metaspace,
		model: { type: "Unigram", unk_id: unknown, vocab, byte_fallback: false },
	};
	const settings = {
		...{ tokenizer_class: "T5Tokenizer", pad_token: "<pad>", eos_token: "</s>", unk_token: pieces[unknown]!.text },
		extra_ids: more.length,
	};
	return { tokenizer, settings };
}

/**
 * The tokenizer files of a folder that has only spiece.model; null where it has tokenizer.json or neither.
 * @throws Failure `checkpoint-format`
 */
export function tokenizerFromSpiece(
	folder: string,
	rows: number,
): { readonly tokenizer: object; readonly settings: object } | null {
	const path = join(folder, SPIECE);
	if (existsSync(join(folder, "tokenizer.json"))) return null;
	const stat = statSync(path, { throwIfNoEntry: false });
	if (!stat?.isFile()) return null;
	if (stat.size > MAX_BYTES) throw new Failure("checkpoint-format", `${SPIECE} is larger than ${MAX_BYTES >> 20} MiB.`);
	return tokenizerOf(parseSentencePiece(readFileSync(path)), rows);
}
