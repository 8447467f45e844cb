/** Goes in: gate values of a result. Comes out: for each task, how much the picture counted, as a meter and in words. */
import { useId } from "react";
import type { ExtractionResult } from "../core/result.ts";
import { gateMeaning, taskName } from "./format.ts";

function Gate({ task, value }: { readonly task: string; readonly value: number }) {
	const id = useId();
	return (
		<div className="gate">
			<label htmlFor={id}>{taskName(task)}</label>
			<meter id={id} min={0} max={1} value={Math.min(1, Math.abs(value))}>
				{gateMeaning(value)}
			</meter>
			<span className="gate-value">
				g = {value.toFixed(2)} <span className="quiet">{gateMeaning(value)}</span>
			</span>
		</div>
	);
}

export function Gates({ result }: { readonly result: ExtractionResult }) {
	const gates = Object.entries(result.gate);
	if (gates.length === 0) return null;
	return (
		<section className="gates">
			<h3>How much the picture counted</h3>
			{gates.map(([task, value]) => (
				<Gate key={task} task={task} value={value} />
			))}
			<p className="quiet small">
				The gate decides how far the picture may change the reading of the text: 0 leaves the text as it is, 1 adds the picture in full.
			</p>
		</section>
	);
}
