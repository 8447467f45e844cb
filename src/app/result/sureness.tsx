/** Sliders for the probability from which on records are shown, with what each costs in precision and recall. */
import { type Dispatch, lazy, Suspense, useState } from "react";
import type { ExtractionResult } from "../../core/result.ts";
import { RECORD_KINDS, type RecordKind } from "../../core/thresholds.ts";
import { t } from "../../messages/app.ts";
import type { Action, AppState } from "../state/state.ts";
import { mapsOf } from "./judged.ts";

interface SurenessProps {
	readonly state: Pick<AppState, "manifest" | "thresholds">;
	readonly result: ExtractionResult;
	readonly dispatch: Dispatch<Action>;
}

/** Loaded when they are first unfolded. */
const Slider = lazy(() => import("./sureness-slider.tsx").then(({ Slider }) => ({ default: Slider })));

/** The kinds that the result has judged records of. */
function kindsIn({ entities, relations, events }: ExtractionResult): readonly RecordKind[] {
	const records = { entities, relations, events, arguments: events.flatMap((event) => event.arguments) };
	return RECORD_KINDS.filter((kind) => records[kind].some(({ sure }) => sure !== undefined));
}

/** Nothing where the scores are relative, or of a model that is not chosen. */
export function Sureness({ state, result, dispatch }: SurenessProps) {
	const { thresholds } = state;
	const [seen, setSeen] = useState(false);
	const maps = mapsOf(state, result);
	const kinds = maps ? kindsIn(result).filter((kind) => maps[kind] !== undefined) : [];
	if (!maps || kinds.length === 0) return null;
	const isMoved = Object.keys(thresholds).length > 0;
	const set = (changed: AppState["thresholds"]) => dispatch({ type: "thresholds", thresholds: changed });
	return (
		<details className="sureness" onToggle={({ currentTarget }) => currentTarget.open && setSeen(true)}>
			<summary>
				{t("sure.title")} {isMoved && <span className="badge">{t("sure.changed")}</span>}
			</summary>
			<div className="sure-rows">
				{seen && (
					<Suspense fallback={null}>
						{kinds.map((kind) => (
							<Slider
								key={kind}
								kind={kind}
								map={maps[kind]!}
								threshold={thresholds[kind] ?? maps[kind]!.threshold}
								onChange={(threshold) => set({ ...thresholds, [kind]: threshold })}
							/>
						))}
					</Suspense>
				)}
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
