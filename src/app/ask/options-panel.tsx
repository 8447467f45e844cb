/** The options of the search, the device and the regions of the picture. */

import { type Dispatch, type ReactNode, useId } from "react";
import { DEVICE_NAMES, DEVICE_TITLES, type DeviceName } from "../../core/devices.ts";
import { REQUEST_OPTIONS } from "../../tasks/request.ts";
import { DETECTORS, PROPOSERS, type RegionChoice } from "../detectors/detectors.ts";
import type { Action, Options } from "../state/state.ts";

interface OptionsPanelProps {
	readonly options: Options;
	readonly dispatch: Dispatch<Action>;
}

type Choices<Value extends string> = Readonly<Record<Value, string>>;

const DECODINGS: Choices<Options["decoding"]> = {
	extractive: "Extractive: only words from the post and the labels (fast)",
	constrained: "Constrained: whole vocabulary, well-formed output",
	full: "Free: whole vocabulary, no constraints",
};
const WORDINGS: Choices<Options["instructor"]> = {
	default: "“Please extract the following entity type: …”",
	I0: "“Given the entity types: … Please extract the specified entity type.”",
	I1: "“Identity the following entity type from the given sentence: …”",
	I2: "“Please extract entity type in the sentence. Option: …”",
};
const DEVICES: Choices<Options["device"]> = {
	auto: `Automatic: ${DEVICE_NAMES.map((name) => DEVICE_TITLES[name].short).join(" if available, otherwise ")}`,
	...(Object.fromEntries(DEVICE_NAMES.map((name) => [name, DEVICE_TITLES[name].long])) as Choices<DeviceName>),
};

const REGIONS = {
	"built-in": "Built-in: parts that stand out",
	...Object.fromEntries(PROPOSERS.map((name) => [name, DETECTORS[name].title])),
} as Choices<RegionChoice>;

interface SelectProps<Value extends string> {
	readonly label: string;
	readonly value: Value;
	readonly choices: Choices<Value>;
	readonly onChange: (value: Value) => void;
}

function Select<Value extends string>({ label, value, choices, onChange }: SelectProps<Value>) {
	return (
		<Field label={label}>
			{(id) => (
				<select id={id} value={value} onChange={(event) => onChange(event.target.value as Value)}>
					{Object.entries<string>(choices).map(([choice, text]) => (
						<option key={choice} value={choice}>
							{text}
						</option>
					))}
				</select>
			)}
		</Field>
	);
}

function Field({ label, children }: { readonly label: string; readonly children: (id: string) => ReactNode }) {
	const id = useId();
	return (
		<div className="field">
			<label htmlFor={id}>{label}</label>
			{children(id)}
		</div>
	);
}

/** The paper's ablation (Figure 4a): the same post with the picture shut out, let in fully, or anything between. */
function GateField({
	gate,
	onChange,
}: {
	readonly gate: Options["gate"];
	readonly onChange: (gate: Options["gate"]) => void;
}) {
	const id = useId();
	const fixed = typeof gate === "number";
	return (
		<div className="field">
			<div className="row">
				<input
					id={id}
					type="checkbox"
					checked={fixed}
					onChange={(event) => onChange(event.target.checked ? 0.5 : "auto")}
				/>
				<label htmlFor={id}>{fixed ? `Gate set to ${gate.toFixed(2)}` : "Set how much the picture counts"}</label>
			</div>
			{fixed && (
				<input
					type="range"
					aria-label="Gate: 0 ignores the picture, 1 uses it in full"
					min={0}
					max={1}
					step={0.05}
					value={gate}
					onChange={(event) => onChange(event.target.valueAsNumber)}
				/>
			)}
		</div>
	);
}

export function OptionsPanel({ options, dispatch }: OptionsPanelProps) {
	const set = (changed: Partial<Options>) => dispatch({ type: "options", options: changed });
	return (
		<div className="fields">
			<Field label={`Beams: ${options.beams}`}>
				{(id) => (
					<input
						id={id}
						type="range"
						min={REQUEST_OPTIONS.beams.min}
						max={REQUEST_OPTIONS.beams.max}
						step={1}
						value={options.beams}
						onChange={(event) => set({ beams: event.target.valueAsNumber })}
					/>
				)}
			</Field>
			<Select
				label="Decoding"
				value={options.decoding}
				choices={DECODINGS}
				onChange={(decoding) => set({ decoding })}
			/>
			<Select
				label="Wording of the entity question"
				value={options.instructor}
				choices={WORDINGS}
				onChange={(instructor) => set({ instructor })}
			/>
			<GateField gate={options.gate} onChange={(gate) => set({ gate })} />
			<Select label="Device" value={options.device} choices={DEVICES} onChange={(device) => set({ device })} />
			<Select
				label="Regions in the picture"
				value={options.regions}
				choices={REGIONS}
				onChange={(regions) => set({ regions })}
			/>
			{options.regions !== "built-in" && (
				<p className="quiet small">
					{options.regions} is downloaded from huggingface.co at the next extraction and then kept in this browser. Your
					text and picture are not sent.
				</p>
			)}
		</div>
	);
}
