/** Shows how much the picture counted for each task, as a meter and in words. */
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
	unrelated: "The picture is unrelated to the text",
};

/** The numbers behind the verdict. */
function reason({ kind, gate, looking, mentions, threshold }: TextPicture): string {
	if (kind === "unrelated") return `The gate was almost closed: ${gate.toFixed(2)} on average, below 0.10.`;
	const share = `at least ${threshold} times an equal share of attention`;
	const looks = `${looking} of ${mentions} entities give one region ${share}`;
	return `The gate was ${gate.toFixed(2)} on average, and ${looks}.`;
}

function Indicator({ found }: { readonly found: TextPicture }) {
	return (
		<p className={`text-picture is-${found.kind}`}>
			<strong>{KINDS[found.kind]}.</strong>{" "}
			<span className="quiet">
				{reason(found)} This is computed from the model’s internal values; the model was not trained to judge it.
			</span>
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
				The gate decides how much the picture changes the model’s reading of the text: 0 ignores the picture, 1 adds it
				in full.
			</p>
		</section>
	);
}
