/** Reads a file as text, piece by piece, in the encoding that was given or detected. */
import { Failure } from "../../core/failure.ts";
import { headOf, nameOf } from "../files.ts";
import type { InputFile } from "../types.ts";
import { detectEncoding, encodingOf, encodingTitle } from "./encoding.ts";

export interface TextSource {
	readonly path: string;
	/** The beginning, as far as its characters are whole. */
	readonly head: string;
	/** The label that is decoded with so far. */
	encoding(): string;
	/** What a person should know of the encoding, once the text was read; null: nothing. */
	note(): string | null;
	chunks(): AsyncGenerator<string, void>;
}

/** @param given a label; absent: detected @throws Failure `usage` for an unknown label */
export async function openText(file: InputFile, given?: string): Promise<TextSource> {
	const head = await headOf(file);
	const name = nameOf(file.path);
	const detected = given === undefined ? await detectEncoding(head) : { label: encodingOf(given), certain: true };
	let { label } = detected;
	let guessed = !detected.certain;
	let replaced = 0;

	async function* chunks(): AsyncGenerator<string, void> {
		let decoder = new TextDecoder(label, { fatal: label === "utf-8" && given === undefined && detected.certain });
		let plain = true;
		const decode = async (piece: Uint8Array): Promise<string> => {
			try {
				const text = decoder.decode(piece, { stream: true });
				plain &&= isAscii(piece);
				return text;
			} catch {
				// Up to here all was UTF-8. Where all was ASCII, another encoding fits as well; else single bytes are damaged.
				const next = plain ? await detectEncoding(piece) : { label: "utf-8" };
				({ label } = next);
				guessed = true;
				decoder = new TextDecoder(label);
				return decoder.decode(piece, { stream: true });
			}
		};
		for await (const piece of file.stream()) {
			const text = await decode(piece);
			if (!decoder.fatal && guessed) replaced += countReplaced(text);
			if (text !== "") yield text;
		}
		const rest = endOf(decoder);
		if (rest !== "") yield rest;
	}

	return {
		path: file.path,
		head: withoutMark(new TextDecoder(label).decode(head, { stream: true })),
		encoding: () => label,
		note() {
			if (!guessed) return null;
			if (label !== "utf-8")
				return `${name} is read as ${encodingTitle(label)}, a guess: choose another encoding if letters look wrong.`;
			return replaced === 0 ? null : `${name} has ${replaced} bytes that are not UTF-8, shown as “�”.`;
		},
		chunks,
	};
}

const withoutMark = (text: string): string => text.replace(/^\uFEFF/, "");

/** A character that the file's end cuts off is replaced, not refused. */
function endOf(decoder: TextDecoder): string {
	try {
		return decoder.decode();
	} catch {
		return "�";
	}
}

function isAscii(bytes: Uint8Array): boolean {
	for (const byte of bytes) if (byte > 0x7f) return false;
	return true;
}

function countReplaced(text: string): number {
	let count = 0;
	for (let at = text.indexOf("�"); at >= 0; at = text.indexOf("�", at + 1)) count++;
	return count;
}

/** A file that is a text and small enough to be held whole. @throws Failure `import-too-large` */
export async function readText(source: TextSource, limit: number): Promise<string> {
	let text = "";
	for await (const chunk of source.chunks()) {
		text += chunk;
		if (text.length > limit)
			throw new Failure("import-too-large", `${source.path} has more than ${limit.toLocaleString("en")} characters.`);
	}
	return text;
}
