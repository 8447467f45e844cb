/** Reads a Word document (.docx) as a text; a long one as several posts. */
import { Failure } from "../../core/failure.ts";
import { MIB } from "../../core/limits.ts";
import { checkParts } from "../archives/office.ts";
import { wholeFile } from "../files.ts";
import { postsOfText } from "../text/plain.ts";
import type { Found, InputFile, Reader } from "../types.ts";

const MAX_BYTES = 64 * MIB;
/** XML that the library holds as a tree. */
const MAX_PARTS_BYTES = 128 * MIB;

async function* readDocx(file: InputFile): AsyncGenerator<Found, void> {
	await checkParts(file, MAX_PARTS_BYTES);
	const bytes = (await wholeFile(file, MAX_BYTES)).slice();
	const { default: mammoth } = await import("mammoth");
	let text: string;
	try {
		// Node's build takes a buffer, the browser's an ArrayBuffer.
		const { Buffer } = globalThis as { Buffer?: { from(bytes: Uint8Array): never } };
		const input = Buffer ? { buffer: Buffer.from(bytes) } : { arrayBuffer: bytes.buffer };
		({ value: text } = await mammoth.extractRawText(input));
	} catch (cause) {
		throw new Failure("input-format", `${file.path} is damaged or not a document of Word (.docx).`, { cause });
	}
	if (text.trim() === "") yield { kind: "left-out", why: "Skipped because they have no text" };
	else yield* postsOfText(file.path, text);
}

/** Recognised by the directory of its archive, not by its first bytes. */
export const docx = {
	title: "a Word document",
	isDocument: true,
	recognises: () => false,
	read: readDocx,
} satisfies Reader;
