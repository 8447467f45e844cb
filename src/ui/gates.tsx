/** Goes in: gate values of a result. Comes out: for each task, how much the picture counted, as a meter and in words. */
import { useId } from "react";
import type { ExtractionResult, TextPicture } from "../core/result.ts";
import { taskTitle } from "../core/tasks.ts";
import { gateMeaning } from "./format.ts";

function Gate({ task, value }: { readonly task: string; readonly value: number }) {
	const id = useId();
	return (
		<div className="gate">
			<label htmlFor={id}>{taskTitle(task)}</label>
			<meter id={id} min={0} max={1} value={Math.min(1, Math.abs(value))}>
				{gateMeaning(value)}
			</meter>
			<span className="gate-value">
				g = {value.toFixed(2)} <span className="quiet">{gateMeaning(value)}</span>
			</span>
		</div>
	);
}

const KINDS: Readonly<Record<TextPicture["kind"], string>> = {
	strengthens: "The picture strengthens the text",
	complements: "The picture complements the text",
	unrelated: "The picture does not concern the text",
};

/** Why it is thought so: the numbers it was read from. */
function reason({ kind, gate, looking, mentions, threshold }: TextPicture): string {
	if (kind === "unrelated") return `The gate was hardly open: ${gate.toFixed(2)} on average, below 0.10.`;
	const looks = `${looking} of ${mentions} mentions look at one region at least ${threshold} times as much as at an equal share`;
	return `The gate was open by ${gate.toFixed(2)} on average, and ${looks}.`;
}

function Indicator({ found }: { readonly found: TextPicture }) {
	return (
		<p className={`text-picture is-${found.kind}`}>
			<strong>{KINDS[found.kind]}.</strong>{" "}
			<span className="quiet">{reason(found)} This is read from the model’s inner values, not learnt.</span>
		</p>
	);
}

export function Gates({ result }: { readonly result: ExtractionResult }) {
	const gates = Object.entries(result.gate);
	if (gates.length === 0) return null;
	return (
		<section className="gates">
			<h3>How much the picture counted</h3>
			{result.textPicture && <Indicator found={result.textPicture} />}
			{gates.map(([task, value]) => (
				<Gate key={task} task={task} value={value} />
			))}
			<p className="quiet small">
				The gate decides how far the picture may change the reading of the text: 0 leaves the text as it is, 1 adds the
				picture in full.
			</p>
		</section>
	);
}
