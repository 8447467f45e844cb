/** A checkbox for each everyday task, with its label lists folded below. */
import { type Dispatch, lazy, type ReactNode, Suspense, useId, useState } from "react";
import { t } from "../../messages/app.ts";
import { nameOf, taskHint } from "../../messages/names.ts";
import { type Action, type AppState, TASK_CHOICES, type TaskChoice } from "../state/state.ts";
import { LabelEditor } from "./label-editor.tsx";
import { LIST_OF, labelsOf, shownLabels, TASK_OF, wantsAnything } from "./request.ts";

/** Most people leave them folded. */
const MoreTasks = lazy(() => import("./more-tasks.tsx").then(({ MoreTasks }) => ({ default: MoreTasks })));

interface TaskPanelProps {
	readonly state: AppState;
	readonly dispatch: Dispatch<Action>;
}

/** The role lists of every event type. */
function Roles({ state, dispatch }: TaskPanelProps) {
	const { rolesOf } = labelsOf(state);
	return shownLabels(state, "eventTypes").map((event) => (
		<LabelEditor
			key={event}
			title={t("ask.roles", { event: nameOf("event", event) })}
			values={rolesOf(event) ?? []}
			edited={Object.hasOwn(state.labels.argumentRoles, event)}
			onChange={(values) => dispatch({ type: "roles", event, values })}
			onReset={() => dispatch({ type: "roles", event, values: null })}
		/>
	));
}

function Task({
	task,
	state,
	dispatch,
	children,
}: TaskPanelProps & { readonly task: TaskChoice; readonly children?: ReactNode }) {
	const id = useId();
	const labels = t(`ask.${task}`);
	const list = LIST_OF[task];
	const values = shownLabels(state, list);
	const on = state.tasks[task];
	return (
		<div className="task">
			<div className="task-head">
				<input
					id={id}
					type="checkbox"
					checked={on}
					aria-describedby={`${id}-hint`}
					onChange={(event) => dispatch({ type: "task", task, on: event.target.checked })}
				/>
				<div>
					<label htmlFor={id}>{nameOf("task", TASK_OF[task])}</label>
					<p id={`${id}-hint`} className="quiet small">
						{taskHint(TASK_OF[task])}
					</p>
				</div>
			</div>
			{on && (
				<details className="task-labels">
					<summary>
						{labels} <span className="quiet">{values.length > 0 ? values.length : t("ask.ownLabels")}</span>
						{state.labels[list] && <span className="badge">{t("ask.edited")}</span>}
					</summary>
					<LabelEditor
						title={labels}
						values={values}
						edited={state.labels[list] !== null}
						coloured={list === "entityTypes"}
						onChange={(next) => dispatch({ type: "labels", list, values: next })}
						onReset={() => dispatch({ type: "labels", list, values: null })}
					/>
					{children}
				</details>
			)}
		</div>
	);
}

/** Tasks beyond the three: loaded when they are first unfolded. */
function FoldedTasks({ state, dispatch }: TaskPanelProps) {
	const [seen, setSeen] = useState(false);
	const { tasks } = state.extras;
	return (
		<details className="more-tasks" onToggle={({ currentTarget }) => currentTarget.open && setSeen(true)}>
			<summary>
				{t("more.title")}{" "}
				{tasks.length > 0 && <span className="badge">{t("more.chosen", { count: tasks.length })}</span>}
			</summary>
			{seen && (
				<Suspense fallback={null}>
					<MoreTasks state={state} dispatch={dispatch} />
				</Suspense>
			)}
		</details>
	);
}

export function TaskPanel({ state, dispatch }: TaskPanelProps) {
	return (
		<section className="card" aria-label={t("ask.what")}>
			<h2>{t("ask.title")}</h2>
			{TASK_CHOICES.map((task) => (
				<Task key={task} task={task} state={state} dispatch={dispatch}>
					{task === "events" && <Roles state={state} dispatch={dispatch} />}
				</Task>
			))}
			<FoldedTasks state={state} dispatch={dispatch} />
			{!wantsAnything(state) && <p className="problem">{t("ask.none")}</p>}
		</section>
	);
}
