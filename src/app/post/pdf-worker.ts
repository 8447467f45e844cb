/** Tells the reader of PDF where its worker lies; it is loaded with the first PDF. */
import { setPdfWorker } from "../../inputs/documents/pdf.ts";

export function findPdfWorker(): void {
	setPdfWorker(async () => (await import("pdfjs-dist/legacy/build/pdf.worker.min.mjs?url")).default);
}
