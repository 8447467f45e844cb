/** Sliders for the probability from which on records are shown, with what each costs in precision and recall. */
import { type Dispatch, useId } from "react";
import type { ScoreMap } from "../../core/calibration.ts";
import type { ExtractionResult } from "../../core/result.ts";
import { costAt, RECORD_KINDS, type RecordKind } from "../../core/thresholds.ts";
import { t } from "../../messages/app.ts";
import { formatNumber } from "../../messages/messages.ts";
import type { Action, AppState } from "../state/state.ts";
import { mapsOf } from "./judged.ts";

interface SurenessProps {
	readonly state: Pick<AppState, "manifest" | "thresholds">;
	readonly result: ExtractionResult;
	readonly dispatch: Dispatch<Action>;
}

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

function Slider({ kind, map, threshold, onChange }: SliderProps) {
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

/** The kinds that the result has judged records of. */
function kindsIn({ entities, relations, events }: ExtractionResult): readonly RecordKind[] {
	const records = { entities, relations, events, arguments: events.flatMap((event) => event.arguments) };
	return RECORD_KINDS.filter((kind) => records[kind].some(({ sure }) => sure !== undefined));
}

/** Nothing where the scores are relative, or of a model that is not chosen. */
export function Sureness({ state, result, dispatch }: SurenessProps) {
	const { thresholds } = state;
	const maps = mapsOf(state, result);
	const kinds = maps ? kindsIn(result).filter((kind) => maps[kind] !== undefined) : [];
	if (!maps || kinds.length === 0) return null;
	const isMoved = Object.keys(thresholds).length > 0;
	const set = (changed: AppState["thresholds"]) => dispatch({ type: "thresholds", thresholds: changed });
	return (
		<details className="sureness">
			<summary>
				{t("sure.title")} {isMoved && <span className="badge">{t("sure.changed")}</span>}
			</summary>
			<div className="sure-rows">
				{kinds.map((kind) => (
					<Slider
						key={kind}
						kind={kind}
						map={maps[kind]!}
						threshold={thresholds[kind] ?? maps[kind]!.threshold}
						onChange={(threshold) => set({ ...thresholds, [kind]: threshold })}
					/>
				))}
			</div>
			<p className="quiet small">{t("sure.measured")}</p>
			{isMoved && (
				<button type="button" className="button small" onClick={() => set({})}>
					{t("sure.reset")}
				</button>
			)}
		</details>
	);
}
