/** Lets a person choose the tasks beyond the everyday ones, how questions are asked, and a list of known names. */
import { type ChangeEvent, type Dispatch, useId, useState } from "react";
import { toFailureData } from "../../core/failure.ts";
import { RECORD_TASK_NAMES, type RecordTaskName } from "../../core/tasks.ts";
import { t } from "../../messages/app.ts";
import { nameOf, taskHint } from "../../messages/names.ts";
import { DEFINITIONS } from "../../tasks/catalog/definitions.ts";
import type { Action, AppState } from "../state/state.ts";
import { LabelEditor } from "./label-editor.tsx";
import { isTrained, labelsOf, shownLabels } from "./request.ts";

interface MoreTasksProps {
	readonly state: AppState;
	readonly dispatch: Dispatch<Action>;
}

function doubt(task: RecordTaskName, asks: boolean): string {
	const { substitute } = DEFINITIONS[task];
	if (substitute && !asks) return t("more.substitute", { task: nameOf("task", substitute.name) });
	return t("more.untrained");
}

function Labels({ task, state, dispatch }: MoreTasksProps & { readonly task: RecordTaskName }) {
	const { lists } = DEFINITIONS[task];
	if (!lists.includes("objectRelationTypes") && !lists.includes("fineTypes")) return null;
	return (
		<details className="task-labels">
			<summary>{t("labels.title")}</summary>
			{lists.includes("objectRelationTypes") && (
				<LabelEditor
					title={t("labels.objects")}
					values={shownLabels(state, "objectRelationTypes")}
					edited={state.labels.objectRelationTypes !== null}
					onChange={(values) => dispatch({ type: "labels", list: "objectRelationTypes", values })}
					onReset={() => dispatch({ type: "labels", list: "objectRelationTypes", values: null })}
				/>
			)}
			{lists.includes("fineTypes") &&
				Object.entries(labelsOf(state).fineTypes).map(([coarse, values]) => (
					<LabelEditor
						key={coarse}
						title={t("labels.fine", { type: nameOf("entity", coarse) })}
						values={values}
						edited={Object.hasOwn(state.labels.fineTypes, coarse)}
						onChange={(next) => dispatch({ type: "fine-types", coarse, values: next })}
						onReset={() => dispatch({ type: "fine-types", coarse, values: null })}
					/>
				))}
		</details>
	);
}

function MoreTaskRow({ task, state, dispatch }: MoreTasksProps & { readonly task: RecordTaskName }) {
	const id = useId();
	const { tasks, untrained } = state.extras;
	const on = tasks.includes(task);
	const trained = isTrained(state, task);
	return (
		<div className="task">
			<div className="task-head">
				<input
					id={id}
					type="checkbox"
					checked={on}
					aria-describedby={`${id}-hint`}
					onChange={({ target }) => {
						const others = tasks.filter((other) => other !== task);
						dispatch({
							type: "extras",
							extras: {
								tasks: target.checked
									? RECORD_TASK_NAMES.filter((one) => one === task || others.includes(one))
									: others,
							},
						});
					}}
				/>
				<div>
					<label htmlFor={id}>{nameOf("task", task)}</label>
					{!trained && <span className="badge">{t("more.experimental")}</span>}
					<p id={`${id}-hint`} className="quiet small">
						{taskHint(task)}
						{on && !trained && ` ${doubt(task, untrained === "ask")}`}
					</p>
				</div>
			</div>
			{on && <Labels task={task} state={state} dispatch={dispatch} />}
		</div>
	);
}

/** The person's own names: looked up in every result, and if wanted they lead the search. */
function GazetteerField({ state, dispatch }: MoreTasksProps) {
	const id = useId();
	const [problem, setProblem] = useState<string | null>(null);
	const { gazetteer } = state.extras;
	const onPick = async ({ target }: ChangeEvent<HTMLInputElement>) => {
		const [file] = target.files ?? [];
		if (!file) return;
		try {
			const { MAX_GAZETTEER_LENGTH, parseGazetteer } = await import("../../tasks/names/gazetteer-file.ts");
			// A file of that many bytes has at most that many characters; a larger one is refused unread.
			const names = parseGazetteer(
				file.size > 4 * MAX_GAZETTEER_LENGTH ? " ".repeat(MAX_GAZETTEER_LENGTH + 1) : await file.text(),
			);
			dispatch({ type: "extras", extras: { gazetteer: { file: file.name, names, bias: gazetteer?.bias ?? 0 } } });
			setProblem(null);
		} catch (error) {
			setProblem(toFailureData(error, "app").what);
		}
		target.value = "";
	};
	return (
		<div className="field">
			<label htmlFor={id}>{t("names.file")}</label>
			<input id={id} type="file" accept=".csv,.tsv,.txt,.json" aria-describedby={`${id}-problem`} onChange={onPick} />
			<p id={`${id}-problem`} className="problem" role="status">
				{problem}
			</p>
			{gazetteer && (
				<>
					<p className="small">
						<bdi>{gazetteer.file}</bdi>, {t("names.count", { count: gazetteer.names.length })}{" "}
						<button
							type="button"
							className="button quiet-button small"
							onClick={() => dispatch({ type: "extras", extras: { gazetteer: null } })}
						>
							{t("names.remove")}
						</button>
					</p>
					<label htmlFor={`${id}-bias`}>
						{gazetteer.bias === 0 ? t("names.noBias") : t("names.bias", { bias: gazetteer.bias })}
					</label>
					<input
						id={`${id}-bias`}
						type="range"
						min={0}
						max={10}
						step={0.5}
						value={gazetteer.bias}
						onChange={({ target }) =>
							dispatch({ type: "extras", extras: { gazetteer: { ...gazetteer, bias: Number(target.value) } } })
						}
					/>
				</>
			)}
		</div>
	);
}

function Switch({
	label,
	hint,
	checked,
	onChange,
}: {
	readonly label: string;
	readonly hint: string;
	readonly checked: boolean;
	readonly onChange: (on: boolean) => void;
}) {
	const id = useId();
	return (
		<div className="task-head more-switch">
			<input
				id={id}
				type="checkbox"
				checked={checked}
				aria-describedby={`${id}-hint`}
				onChange={({ target }) => onChange(target.checked)}
			/>
			<div>
				<label htmlFor={id}>{label}</label>
				<p id={`${id}-hint`} className="quiet small">
					{hint}
				</p>
			</div>
		</div>
	);
}

export function MoreTasks({ state, dispatch }: MoreTasksProps) {
	const { extras } = state;
	// The former name: manifests keep it.
	const hasPrefilter = state.manifest?.graphs.screen !== undefined;
	return (
		<>
			{RECORD_TASK_NAMES.map((task) => (
				<MoreTaskRow key={task} task={task} state={state} dispatch={dispatch} />
			))}
			<h3>{t("more.questions")}</h3>
			<Switch
				label={t("more.perEvent")}
				hint={t("more.perEventHint")}
				checked={extras.arguments === "trigger"}
				onChange={(on) => dispatch({ type: "extras", extras: { arguments: on ? "trigger" : "type" } })}
			/>
			<Switch
				label={t("more.choice")}
				hint={t("more.choiceHint")}
				checked={extras.style === "mqa"}
				onChange={(on) => dispatch({ type: "extras", extras: { style: on ? "mqa" : "instruct" } })}
			/>
			<Switch
				label={t("more.runUntrained")}
				hint={t("more.runUntrainedHint")}
				checked={extras.untrained === "ask"}
				onChange={(on) => dispatch({ type: "extras", extras: { untrained: on ? "ask" : "substitute" } })}
			/>
			{hasPrefilter && (
				<Switch
					label={t("more.everything")}
					hint={t("more.everythingHint")}
					checked={extras.prefilter === "off"}
					onChange={(on) => dispatch({ type: "extras", extras: { prefilter: on ? "off" : "auto" } })}
				/>
			)}
			<GazetteerField state={state} dispatch={dispatch} />
		</>
	);
}
