/** Reads a PDF as posts, one for each page: its text, and where on the page every piece of it stands. */
import { Failure } from "../../core/failure.ts";
import { nameOf, wholeFile } from "../files.ts";
import { postsOfText } from "../text/plain.ts";
import type { Found, InputFile, Peek, Reader, TextPiece } from "../types.ts";

/** Pages of a document; longer ones are volumes that should be split. */
const MAX_PAGES = 20_000;
/** Text items of a page: letters that a hostile file places one by one. */
const MAX_ITEMS = 200_000;

let workerAddress: (() => Promise<string>) | null = null;

/** A page says where the worker of pdf.js lies; Node finds it beside the library. */
export function setPdfWorker(load: () => Promise<string>): void {
	workerAddress = load;
}

/** The library makes a matrix for drawing when it is loaded, which Node does not have; texts need none. */
function standInForDrawing(): void {
	for (const name of ["DOMMatrix", "ImageData", "Path2D"])
		if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value: class {}, configurable: true });
}

interface Item {
	readonly str: string;
	readonly transform: readonly number[];
	readonly width: number;
	readonly height: number;
	readonly hasEOL: boolean;
}

async function openPdf(file: InputFile) {
	const bytes = await wholeFile(file);
	standInForDrawing();
	const pdfjs = await import("pdfjs-dist/legacy/build/pdf.mjs");
	if (workerAddress) pdfjs.GlobalWorkerOptions.workerSrc = await workerAddress();
	const task = pdfjs.getDocument({
		data: bytes.slice(),
		isEvalSupported: false,
		disableFontFace: true,
		useSystemFonts: false,
		verbosity: pdfjs.VerbosityLevel.ERRORS,
	});
	try {
		return { task, document: await task.promise };
	} catch (cause) {
		await task.destroy().catch(() => undefined);
		throw failureOf(file, cause);
	}
}

function failureOf(file: InputFile, cause: unknown): Failure {
	if (cause instanceof Failure) return cause;
	const locked = cause instanceof Error && cause.name === "PasswordException";
	const what = locked ? "is encrypted: save it without its password first" : "is damaged or not a PDF";
	return new Failure("input-format", `${file.path} ${what}.`, { cause });
}

async function* readPdf(file: InputFile): AsyncGenerator<Found, void> {
	const { task, document } = await openPdf(file);
	let blank = 0;
	try {
		if (document.numPages > MAX_PAGES)
			throw new Failure(
				"import-too-large",
				`${file.path} has ${document.numPages} pages; at most ${MAX_PAGES} are read.`,
			);
		for (let page = 1; page <= document.numPages; page++) {
			const read = await readPage(document, page, file.path);
			if (read === null) yield damaged(file.path, page);
			else if (read.text.trim() === "") blank++;
			else yield* postsOfText(file.path, read.text, { page }, read.pieces);
		}
	} finally {
		await task.destroy().catch(() => undefined);
	}
	if (blank > 0)
		yield {
			kind: "note",
			text: `Pages of ${nameOf(file.path)} without text: ${blank}. Scans are pictures: use one as the picture.`,
		};
}

type PdfDocument = Awaited<ReturnType<typeof openPdf>>["document"];

/** @returns null where the page is damaged */
async function readPage(document: PdfDocument, number: number, path: string) {
	try {
		const page = await document.getPage(number);
		const [, , , top = 0] = page.view;
		const { items } = await page.getTextContent();
		if (items.length > MAX_ITEMS)
			throw new Failure("import-too-large", `${path}, page ${number} has more than ${MAX_ITEMS} pieces of text.`);
		page.cleanup();
		return textOfItems(items as unknown as readonly Item[], top);
	} catch (error) {
		if (error instanceof Failure) throw error;
		return null;
	}
}

function damaged(path: string, page: number): Found {
	const failure = { code: "input-record", what: `${nameOf(path)}, page ${page} is damaged.` } as const;
	return { kind: "failed", id: null, line: page, failure };
}

/** @param top height of the page: PDF counts from below */
function textOfItems(items: readonly Item[], top: number): { readonly text: string; readonly pieces: TextPiece[] } {
	const lines: string[] = [];
	const pieces: TextPiece[] = [];
	let start = 0;
	for (const { str = "", transform = [], width = 0, height = 0, hasEOL } of items) {
		const [, , , , x = 0, y = 0] = transform;
		const end = start + str.length;
		const box = [x, top - y - height, x + width, top - y].map((side) => Math.round(side * 10) / 10);
		if (str.trim() !== "")
			pieces.push({ start, end, sourceStart: start, sourceEnd: end, box: box as [number, number, number, number] });
		lines.push(hasEOL ? `${str}\n` : str);
		start = end + (hasEOL ? 1 : 0);
	}
	return { text: lines.join(""), pieces };
}

export const pdf = {
	title: "a PDF",
	isDocument: true,
	recognises: ({ text }: Peek) => text.slice(0, 1024).includes("%PDF-"),
	read: readPdf,
} satisfies Reader;
