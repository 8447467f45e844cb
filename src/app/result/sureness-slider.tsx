/** One slider for the probability from which on records of a kind are shown, with what it costs. */
import { useId } from "react";
import type { ScoreMap } from "../../core/calibration.ts";
import { costAt, type RecordKind } from "../../core/thresholds.ts";
import { t } from "../../messages/app.ts";
import { formatNumber } from "../../messages/messages.ts";

const percent = (share: number): string => formatNumber(share, { style: "percent" });

/** What a threshold costs, in words. */
function costText(map: ScoreMap, threshold: number): string {
	if (threshold === map.threshold && map.precision === 0) return t("sure.never");
	const cost = costAt(map, threshold);
	return cost ? t("sure.cost", { right: percent(cost.precision), found: percent(cost.recall) }) : t("sure.unknown");
}

interface SliderProps {
	readonly kind: RecordKind;
	readonly map: ScoreMap;
	readonly threshold: number;
	readonly onChange: (threshold: number) => void;
}

/** Moves one threshold. */
export function Slider({ kind, map, threshold, onChange }: SliderProps) {
	const id = useId();
	const cost = costText(map, threshold);
	return (
		<div className="sure-row">
			<label htmlFor={id}>
				{t(`sure.${kind}`)} <span className="quiet">{t("sure.from", { share: percent(threshold) })}</span>
			</label>
			<input
				id={id}
				type="range"
				min={0}
				max={1}
				step={0.01}
				value={threshold}
				aria-valuetext={t("sure.from", { share: percent(threshold) })}
				aria-describedby={`${id}-cost`}
				onChange={(event) => onChange(event.target.valueAsNumber)}
			/>
			<p id={`${id}-cost`} className="quiet small">
				{cost}
			</p>
		</div>
	);
}
