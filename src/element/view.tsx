/** Draws results in a shadow root as the app draws them. It is loaded, with React, when the first result is there. */
import { createRoot } from "react-dom/client";
import type { ExtractionResult } from "../core/result.ts";
import resultCss from "../ui/result.css?inline";
import { ResultView } from "../ui/result-view.tsx";

export interface DrawnResult {
	show(result: ExtractionResult, pictureUrl: string | null): void;
}

export const RESULT_CSS = resultCss;

export function drawIn(place: HTMLElement): DrawnResult {
	const root = createRoot(place);
	let drawn = 0;
	return {
		show: (result, pictureUrl) => root.render(<ResultView key={++drawn} result={result} pictureUrl={pictureUrl} />),
	};
}
