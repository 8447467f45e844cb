/** The editor of a label list: chips to add and remove, with what is wrong beside the field. */
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { t } from "../../messages/app.ts";
import { inSentence } from "../../messages/messages.ts";
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

interface ChipProps {
	readonly value: string;
	readonly coloured: boolean;
	readonly onRemove: () => void;
}

function Chip({ value, coloured, onRemove }: ChipProps) {
	return (
		<li className={coloured ? `chip ${lookClass(lookOfType(value))}` : "chip"}>
			<bdi>{value}</bdi>
			<button
				type="button"
				className="chip-remove"
				aria-label={t("labels.remove", { label: value })}
				onClick={onRemove}
			>
				<Icon name="close" />
			</button>
		</li>
	);
}

/** What is being typed, and what is wrong with it. A comma or a line break adds what stands before it. */
function useDraft(values: readonly string[], what: string, onChange: LabelEditorProps["onChange"]) {
	const [draft, setDraft] = useState("");
	const [problem, setProblem] = useState<string | null>(null);
	const add = (typed: string) => {
		const added = addLabels(values, typed, what);
		setProblem(added.problem);
		setDraft(added.rest);
		if (added.values.length > values.length) onChange(added.values);
	};
	return {
		draft,
		problem,
		type(text: string) {
			setProblem(null);
			if (/[,\n]/.test(text)) add(text);
			else setDraft(text);
		},
		/** Adds the draft, if there is any. */
		commit() {
			if (draft.trim() !== "") add(draft);
		},
		/** Forgets what was wrong. */
		forget: () => setProblem(null),
	};
}

export function LabelEditor({ title, values, edited, coloured = false, onChange, onReset }: LabelEditorProps) {
	const input = useRef<HTMLInputElement>(null);
	const id = useId();
	const what = inSentence(title);
	const { draft, problem, type, commit, forget } = useDraft(values, what, onChange);
	const remove = (value: string) => {
		forget();
		onChange(values.filter((other) => other !== value));
		input.current?.focus();
	};
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.nativeEvent.isComposing) return;
		const last = values.at(-1);
		if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
			event.preventDefault();
			commit();
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
					<Chip key={value} value={value} coloured={coloured} onRemove={() => remove(value)} />
				))}
				<li className="chip-input">
					<input
						ref={input}
						type="text"
						value={draft}
						placeholder={t("labels.add")}
						aria-label={t("labels.addTo", { list: what })}
						aria-invalid={problem !== null}
						aria-describedby={`${id}-problem`}
						autoComplete="off"
						onKeyDown={onKeyDown}
						onBlur={commit}
						onChange={(event) => type(event.target.value)}
					/>
				</li>
			</ul>
			<div className="labels-foot">
				<p id={`${id}-problem`} className="problem" role="status">
					{problem ?? (edited ? problemOf(values, what) : null)}
				</p>
				{edited && (
					<button type="button" className="button quiet-button small" onClick={onReset}>
						{t("labels.reset")}
					</button>
				)}
			</div>
		</fieldset>
	);
}
