/** Shows the left half of the page: the post, what to extract, and the model with its options. */
import { type Dispatch, useState } from "react";
import { Icon } from "../../ui/icons.tsx";
import { OptionsPanel } from "../ask/options-panel.tsx";
import { wantsAnything } from "../ask/request.ts";
import { TaskPanel } from "../ask/task-panel.tsx";
import { ModelPanel } from "../model/model-panel.tsx";
import { LayoutPanel } from "../post/layout-panel.tsx";
import { PostPanel } from "../post/post-panel.tsx";
import type { Sample } from "../post/samples.ts";
import { StepsPanel } from "../result/steps-panel.tsx";
import type { Action, AppState } from "../state/state.ts";
import { type Drops, wantsSteps } from "./use-drops.ts";

interface InputsProps {
	readonly state: AppState;
	readonly dispatch: Dispatch<Action>;
	readonly drops: Drops;
	/** Whether one post is written here; many posts come from files. */
	readonly onePost: boolean;
	readonly onSample: (sample: Sample) => void;
	readonly onExtract: () => void;
	readonly onOpen: () => void;
}

/** A problem with the text, shown beside it. */
const textProblem = ({ run: { failure } }: AppState): string | null =>
	failure?.code === "text-empty" || failure?.code === "text-too-long" ? `${failure.what} ${failure.remedy}` : null;

/** What some tasks need beside the text: pictures of its steps, or a form. */
function PostParts({ state, dispatch, drops }: Pick<InputsProps, "state" | "dispatch" | "drops">) {
	const { post, extras } = state;
	return (
		<>
			{wantsSteps(state) && !post.layout && <StepsPanel post={post} dispatch={dispatch} onFiles={drops.onStepFiles} />}
			{extras.tasks.includes("re2") && <LayoutPanel post={post} dispatch={dispatch} />}
		</>
	);
}

export function Inputs({ state, dispatch, drops, onePost, onSample, onExtract, onOpen }: InputsProps) {
	const [unfolded, setUnfolded] = useState(false);
	return (
		<div className="inputs">
			{onePost && (
				<PostPanel
					post={state.post}
					textProblem={textProblem(state)}
					dispatch={dispatch}
					onFiles={drops.onFiles}
					onSample={onSample}
					below={<PostParts state={state} dispatch={dispatch} drops={drops} />}
				>
					<button type="button" className="button primary" disabled={!wantsAnything(state)} onClick={onExtract}>
						<Icon name="spark" /> Extract <kbd>Ctrl Enter</kbd>
					</button>
				</PostPanel>
			)}
			<TaskPanel state={state} dispatch={dispatch} />
			<details className="card fold-card" onToggle={({ currentTarget }) => setUnfolded(currentTarget.open)}>
				<summary>Model and options</summary>
				<OptionsPanel options={state.options} dispatch={dispatch} />
				<ModelPanel state={state} seen={unfolded} dispatch={dispatch} onOpen={onOpen} />
			</details>
		</div>
	);
}
