/** Goes in: a list of labels. Comes out: chips to add and remove, with what is wrong said beside the field. */
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { Icon } from "../../ui/icons.tsx";
import { lookClass, lookOfType } from "../../ui/palette.ts";
import { addLabels, problemOf } from "./label-input.ts";

interface LabelEditorProps {
	readonly title: string;
	readonly values: readonly string[];
	readonly edited: boolean;
	/** Draw each label in the colours it has in the text. */
	readonly coloured?: boolean;
	readonly onChange: (values: readonly string[]) => void;
	readonly onReset: () => void;
}

export function LabelEditor({ title, values, edited, coloured = false, onChange, onReset }: LabelEditorProps) {
	const [draft, setDraft] = useState("");
	const [problem, setProblem] = useState<string | null>(null);
	const input = useRef<HTMLInputElement>(null);
	const id = useId();
	const what = title.toLowerCase();
	const commit = (typed: string) => {
		const added = addLabels(values, typed, what);
		setProblem(added.problem);
		setDraft(added.rest);
		if (added.values.length > values.length) onChange(added.values);
	};
	const remove = (value: string) => {
		setProblem(null);
		onChange(values.filter((other) => other !== value));
		input.current?.focus();
	};
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.nativeEvent.isComposing) return;
		const last = values.at(-1);
		if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
			event.preventDefault();
			if (draft.trim() !== "") commit(draft);
		} else if (event.key === "Backspace" && draft === "" && last !== undefined) {
			event.preventDefault();
			remove(last);
		}
	};
	return (
		<fieldset className="labels">
			<legend>{title}</legend>
			<ul className="chips">
				{values.map((value) => (
					<li key={value} className={coloured ? `chip ${lookClass(lookOfType(value))}` : "chip"}>
						<bdi>{value}</bdi>
						<button type="button" className="chip-remove" aria-label={`Remove ${value}`} onClick={() => remove(value)}>
							<Icon name="close" />
						</button>
					</li>
				))}
				<li className="chip-input">
					<input
						ref={input}
						type="text"
						value={draft}
						placeholder="Add…"
						aria-label={`Add to ${what}`}
						aria-invalid={problem !== null}
						aria-describedby={`${id}-problem`}
						autoComplete="off"
						onKeyDown={onKeyDown}
						onBlur={() => draft.trim() !== "" && commit(draft)}
						onChange={(event) => {
							setProblem(null);
							if (/[,\n]/.test(event.target.value)) commit(event.target.value);
							else setDraft(event.target.value);
						}}
					/>
				</li>
			</ul>
			<div className="labels-foot">
				<p id={`${id}-problem`} className="problem" role="status">
					{problem ?? (edited ? problemOf(values, what) : null)}
				</p>
				{edited && (
					<button type="button" className="button quiet-button small" onClick={onReset}>
						Reset to the model’s own
					</button>
				)}
			</div>
		</fieldset>
	);
}
