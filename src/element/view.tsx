/** Goes in: a place in a shadow root. Comes out: results drawn there as the app draws them. Loaded with the first result: until then no React is needed. */
import { createRoot } from "react-dom/client";
import type { ExtractionResult } from "../core/result.ts";
import resultCss from "../ui/result.css?inline";
import { ResultView } from "../ui/result-view.tsx";

export interface DrawnResult {
	show(result: ExtractionResult, pictureUrl: string | null): void;
	remove(): void;
}

export const RESULT_CSS = resultCss;

export function drawIn(place: HTMLElement): DrawnResult {
	const root = createRoot(place);
	let drawn = 0;
	return {
		show: (result, pictureUrl) => root.render(<ResultView key={++drawn} result={result} pictureUrl={pictureUrl} />),
		remove: () => root.unmount(),
	};
}
