/** A progress bar with words and numbers, also where the total is not known. */
import type { Progress } from "../../client/protocol.ts";
import { formatNumber } from "../../messages/messages.ts";
import { t } from "../../messages/ui.ts";
import { byteCount } from "../../ui/format.ts";
import type { LoadProgress } from "../model/load-progress.ts";

type Shown = Progress | LoadProgress;

export const stageText = ({ stage }: Shown): string => t(`stage.${stage}`);

/** "43% of 54.1 MB" of a load, "3.1 MB of 18.4 MB", "12 of 64", "part 3 of 40", or what is done alone. */
function amount(progress: Shown): string {
	if (progress.stage === "load") {
		const share = formatNumber(progress.share, { style: "percent" });
		return progress.total > 0 ? t("amount.of", { done: share, total: byteCount(progress.total) }) : share;
	}
	const { stage, done, total, unit } = progress;
	if (stage === "parts") return t("amount.part", { number: formatNumber(done + 1), total: formatNumber(total) });
	const show = unit === "bytes" ? byteCount : formatNumber;
	if (total <= 0) return done > 0 ? show(done) : "";
	return t("amount.of", { done: show(Math.min(done, total)), total: show(total) });
}

function shareOf(progress: Shown): number {
	if (progress.stage === "load") return progress.share;
	return progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
}

export function ProgressBar({ progress, label }: { readonly progress: Shown | null; readonly label: string }) {
	const known = progress !== null && progress.total > 0;
	const share = progress ? shareOf(progress) : 0;
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
						{progress.stage !== "load" && progress.detail} {amount(progress)}
					</span>
				)}
			</p>
		</div>
	);
}
