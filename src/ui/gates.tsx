/** Shows how much the model used the picture for each task, as a meter within the range of its gate, and in words. */
import { useId } from "react";
import type { ExtractionResult, TextPicture } from "../core/result.ts";
import { nameOf } from "../messages/names.ts";
import { t } from "../messages/ui.ts";
import { gateMeaning } from "./format.ts";

/** Least and largest gate. */
type Range = readonly [low: number, high: number];

const twoDigits = (value: number): number => Math.round(100 * value) / 100;

function Gate({ task, value, range }: { readonly task: string; readonly value: number; readonly range: Range | null }) {
	const id = useId();
	const size = Math.abs(value);
	// Beyond what was measured the meter grows with the value: it is never full by mistake.
	const largest = Math.max(range?.[1] ?? 1, size);
	const gate = twoDigits(value);
	return (
		<div className="gate">
			<label htmlFor={id}>{nameOf("task", task)}</label>
			<meter id={id} min={0} max={largest} value={size}>
				{gateMeaning(value, largest)}
			</meter>
			<span className="gate-value">
				{range ? t("gate.value", { gate, low: twoDigits(range[0]), high: twoDigits(range[1]) }) : `g = ${gate}`}{" "}
				<span className="quiet">{gateMeaning(value, largest)}</span>
			</span>
		</div>
	);
}

/** The numbers behind the verdict, which stands under the picture. */
function reason({ kind, gate, looking, mentions, threshold }: TextPicture): string {
	if (kind === "unrelated") return t("gate.closed", { gate: twoDigits(gate) });
	return t("gate.open", { gate: twoDigits(gate), looking, mentions, threshold });
}

export function Gates({ result }: { readonly result: ExtractionResult }) {
	const gates = Object.entries(result.gate);
	if (gates.length === 0) return null;
	const range = result.textPicture?.gates ?? null;
	return (
		<section className="gates">
			<h3>{t("gate.title")}</h3>
			{result.textPicture && <p className="quiet small">{reason(result.textPicture)}</p>}
			{gates.map(([task, value]) => (
				<Gate key={task} task={task} value={value} range={range} />
			))}
			<p className="quiet small">
				{range ? t("gate.measured", { low: twoDigits(range[0]), high: twoDigits(range[1]) }) : t("gate.unmeasured")}
			</p>
		</section>
	);
}
