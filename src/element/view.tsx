/** Draws results in a shadow root as the app draws them. It is loaded, with React, when the first result is there. */
import { createRoot } from "react-dom/client";
import type { ExtractionResult } from "../core/result.ts";
import type { AllowedTypes } from "../core/sensitive.ts";
import resultCss from "../ui/result.css?inline";
import { ResultView } from "../ui/result-view.tsx";
import { AllowedContext } from "../ui/sensitive.tsx";

export interface DrawnResult {
	/** @param allowed sensitive types that are shown */
	show(result: ExtractionResult, pictureUrl: string | null, allowed: AllowedTypes): void;
}

export const RESULT_CSS = resultCss;

export function drawIn(place: HTMLElement): DrawnResult {
	const root = createRoot(place);
	let drawn = 0;
	return {
		show: (result, pictureUrl, allowed) =>
			root.render(
				<AllowedContext value={allowed}>
					<ResultView key={++drawn} result={result} pictureUrl={pictureUrl} />
				</AllowedContext>,
			),
	};
}
