/** The options of the search, the device and the regions of the picture. */

import { type Dispatch, type ReactNode, useId } from "react";
import { DEVICE_NAMES, DEVICE_TITLES, type DeviceName } from "../../core/devices.ts";
import { t } from "../../messages/app.ts";
import { formatNumber } from "../../messages/messages.ts";
import { DEFAULT_INSTRUCTORS } from "../../tasks/defaults.ts";
import { REQUEST_OPTIONS } from "../../tasks/request.ts";
import { deviceTitle } from "../../ui/device.ts";
import { detectorTitle, PROPOSERS, type RegionChoice } from "../detectors/detectors.ts";
import type { Action, Options } from "../state/state.ts";

interface OptionsPanelProps {
	readonly options: Options;
	readonly dispatch: Dispatch<Action>;
}

type Choices<Value extends string> = Readonly<Record<Value, string>>;

/** The prompts themselves, in the language that the model reads. */
const WORDINGS = Object.fromEntries(
	Object.entries(DEFAULT_INSTRUCTORS.mner).map(([name, prompt]) => [name, `“${prompt.replace(/\{types\}\.?/, "…")}”`]),
) as Choices<Options["instructor"]>;

const decodings = (): Choices<Options["decoding"]> => ({
	extractive: t("decoding.extractive"),
	constrained: t("decoding.constrained"),
	full: t("decoding.full"),
});

const devices = (): Choices<Options["device"]> => ({
	auto: t("options.deviceAuto", { first: DEVICE_TITLES.webgpu.short, second: DEVICE_TITLES.wasm.short }),
	...(Object.fromEntries(DEVICE_NAMES.map((name) => [name, deviceTitle(name)])) as Choices<DeviceName>),
});

const regions = () =>
	({
		"built-in": t("options.regionsBuiltIn"),
		...Object.fromEntries(PROPOSERS.map((name) => [name, detectorTitle(name)])),
	}) as Choices<RegionChoice>;

/** As a gate is written. */
const TWO_DIGITS = { minimumFractionDigits: 2, maximumFractionDigits: 2 };

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
				<label htmlFor={id}>
					{fixed ? t("options.gateSet", { gate: formatNumber(gate, TWO_DIGITS) }) : t("options.gateFree")}
				</label>
			</div>
			{fixed && (
				<input
					type="range"
					aria-label={t("options.gate")}
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
			<Field label={t("options.beams", { count: options.beams })}>
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
				label={t("options.decoding")}
				value={options.decoding}
				choices={decodings()}
				onChange={(decoding) => set({ decoding })}
			/>
			<Select
				label={t("options.wording")}
				value={options.instructor}
				choices={WORDINGS}
				onChange={(instructor) => set({ instructor })}
			/>
			<GateField gate={options.gate} onChange={(gate) => set({ gate })} />
			<Select
				label={t("options.device")}
				value={options.device}
				choices={devices()}
				onChange={(device) => set({ device })}
			/>
			<Select
				label={t("options.regions")}
				value={options.regions}
				choices={regions()}
				onChange={(regions) => set({ regions })}
			/>
			{options.regions !== "built-in" && (
				<p className="quiet small">{t("options.detectorDownload", { name: options.regions })}</p>
			)}
			<label className="check">
				<input
					type="checkbox"
					checked={options.sensitive}
					onChange={(event) => set({ sensitive: event.target.checked })}
				/>
				{t("options.sensitive")}
			</label>
		</div>
	);
}
