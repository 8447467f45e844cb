/** A field for a type, known or new, that reports it when the person has finished typing. */
import { useEffect, useId, useState } from "react";

interface TypeFieldProps {
	readonly label: string;
	readonly value: string;
	readonly known: readonly string[];
	/** Called on Enter and on leaving the field, when the value is new and not empty. */
	readonly onChange: (type: string) => void;
	/** The label is for screen readers only. */
	readonly quiet?: boolean;
	/** The rest of the label, for screen readers. */
	readonly of?: string;
}

export function TypeField({ label, value, known, onChange, quiet = false, of }: TypeFieldProps) {
	const [typed, setTyped] = useState(value);
	const id = useId();
	useEffect(() => setTyped(value), [value]);
	const commit = () => {
		const type = typed.trim();
		if (type === "" || type === value) setTyped(value);
		else onChange(type);
	};
	return (
		<span className="correct-type">
			<label htmlFor={id} className={quiet ? "sr-only" : ""}>
				{label}
				{of !== undefined && <span className="sr-only"> {of}</span>}
			</label>
			<input
				id={id}
				type="text"
				list={`${id}-known`}
				value={typed}
				maxLength={200}
				autoComplete="off"
				onChange={(event) => {
					setTyped(event.target.value);
					// A pick from the list counts at once; typing counts when it is finished.
					const picked =
						!(event.nativeEvent instanceof InputEvent) || event.nativeEvent.inputType === "insertReplacementText";
					if (picked && known.includes(event.target.value)) onChange(event.target.value);
				}}
				onBlur={commit}
				onKeyDown={(event) => {
					if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
					event.preventDefault();
					commit();
				}}
			/>
			<datalist id={`${id}-known`}>
				{known.map((type) => (
					<option key={type} value={type} />
				))}
			</datalist>
		</span>
	);
}
