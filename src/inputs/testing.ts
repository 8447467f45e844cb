/** What tests of inputs share: files, what is read of them, and a PDF. */
import { fileOfBytes } from "./files.ts";
import { type InputPost, openInputs } from "./inputs.ts";
import type { InputFile, ReadOptions } from "./types.ts";

export interface ReadInputs {
	readonly posts: readonly InputPost[];
	/** `[line, what]` of what failed alone. */
	readonly failed: readonly (readonly [line: number, what: string])[];
	/** Reasons, as often as they were given. */
	readonly leftOut: readonly string[];
	readonly notes: readonly string[];
}

/** In pieces of a few bytes, so that every border is crossed. */
export function inPieces(file: InputFile, size: number): InputFile {
	return {
		...file,
		async *stream() {
			const whole = await file.read(0, file.size);
			for (let at = 0; at < whole.length; at += size) yield whole.slice(at, at + size);
		},
	};
}

export const testFile = (path: string, content: string | Uint8Array): InputFile =>
	fileOfBytes(path, typeof content === "string" ? new TextEncoder().encode(content) : content);

export async function readAll(files: readonly InputFile[], options: ReadOptions = {}): Promise<ReadInputs> {
	const posts: InputPost[] = [];
	const failed: [number, string][] = [];
	const leftOut: string[] = [];
	const notes: string[] = [];
	for await (const found of (await openInputs(files)).posts(options)) {
		if (found.kind === "post") posts.push(found);
		else if (found.kind === "failed") failed.push([found.line, found.failure.what]);
		else if (found.kind === "left-out") leftOut.push(found.why);
		else if (found.kind === "note") notes.push(found.text);
	}
	return { posts, failed, leftOut, notes };
}

/** A PDF with a line of text on each page. */
export function pdfOf(pages: readonly string[]): Uint8Array {
	const objects = [
		"<< /Type /Catalog /Pages 2 0 R >>",
		`<< /Type /Pages /Kids [${pages.map((_, at) => `${4 + 2 * at} 0 R`).join(" ")}] /Count ${pages.length} >>`,
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
		...pages.flatMap((text, at) => {
			const stream = text === "" ? "" : `BT /F1 12 Tf 72 700 Td (${text}) Tj ET`;
			return [
				`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${5 + 2 * at} 0 R ` +
					"/Resources << /Font << /F1 3 0 R >> >> >>",
				`<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
			];
		}),
	];
	let body = "%PDF-1.4\n";
	const places = objects.map((object, at) => {
		const place = body.length;
		body += `${at + 1} 0 obj\n${object}\nendobj\n`;
		return place;
	});
	const table = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
	const size = objects.length + 1;
	return new TextEncoder().encode(
		`${body}xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\n` +
			`startxref\n${body.length}\n%%EOF\n`,
	);
}
