/** A progress bar with words and numbers, also where the total is not known. */
import type { Progress } from "../../client/protocol.ts";
import { byteCount } from "../../ui/format.ts";

const STAGES: Readonly<Record<Progress["stage"], string>> = {
	runtime: "Starting the runtime",
	download: "Loading the model",
	verify: "Checking the model",
	sessions: "Preparing the model",
	image: "Reading the picture",
	regions: "Finding regions in the picture",
	encode: "Reading the text",
	decode: "Writing the answer",
};

export const stageText = ({ stage }: Progress): string => STAGES[stage];

/** "3.1 MB of 18.4 MB", "12 of 64", or the detail alone. */
function amount({ done, total, unit }: Progress): string {
	const show = unit === "bytes" ? byteCount : String;
	if (total <= 0) return done > 0 ? show(done) : "";
	return `${show(Math.min(done, total))} of ${show(total)}`;
}

export function ProgressBar({ progress, label }: { readonly progress: Progress | null; readonly label: string }) {
	const known = progress !== null && progress.total > 0;
	const share = known ? Math.min(1, progress.done / progress.total) : 0;
	return (
		<div className="progress">
			<div
				className={known ? "bar" : "bar is-unknown"}
				role="progressbar"
				aria-label={label}
				aria-valuetext={progress ? `${stageText(progress)} ${amount(progress)}`.trim() : label}
				{...(known && { "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.round(100 * share) })}
			>
				<svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" focusable="false">
					<rect className="bar-fill" width={known ? 100 * share : 30} height="4" />
				</svg>
			</div>
			<p className="progress-text">
				<span>{progress ? stageText(progress) : label}</span>
				{progress && (
					<span className="quiet">
						{progress.detail} {amount(progress)}
					</span>
				)}
			</p>
		</div>
	);
}
