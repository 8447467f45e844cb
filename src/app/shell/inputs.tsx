/** Shows what a person fills in: the post, and as settings what to extract and the model with its options. */
import { type Dispatch, useState } from "react";
import { t } from "../../messages/app.ts";
import { Icon } from "../../ui/icons.tsx";
import { unsupportedText } from "../../ui/unsupported-language.ts";
import { OptionsPanel } from "../ask/options-panel.tsx";
import { wantsAnything } from "../ask/request.ts";
import { TaskPanel } from "../ask/task-panel.tsx";
import { ModelPanel } from "../model/model-panel.tsx";
import { LayoutPanel } from "../post/layout-panel.tsx";
import { PostPanel } from "../post/post-panel.tsx";
import type { Sample } from "../post/samples.ts";
import { useLanguageOfText } from "../post/use-language-of-text.ts";
import { StepsPanel } from "../result/steps-panel.tsx";
import type { Action, AppState } from "../state/state.ts";
import { type Drops, wantsSteps } from "./use-drops.ts";

interface PostInputsProps {
	readonly state: AppState;
	readonly dispatch: Dispatch<Action>;
	readonly drops: Drops;
	readonly onSample: (sample: Sample) => void;
	readonly onExtract: () => void;
}

interface SettingsProps extends Pick<PostInputsProps, "state" | "dispatch"> {
	/** Opens the model of this state. */
	readonly onOpen: (state: AppState) => void;
}

/** A problem with the text, shown beside it. */
const textProblem = ({ run: { failure } }: AppState): string | null =>
	failure?.code === "text-empty" || failure?.code === "text-too-long" ? `${failure.what} ${failure.remedy}` : null;

/** What some tasks need beside the text: pictures of its steps, or a form. */
function PostParts({ state, dispatch, drops }: Pick<PostInputsProps, "state" | "dispatch" | "drops">) {
	const { post, extras } = state;
	const unsupported = useLanguageOfText(post.text, state.manifest?.languages);
	return (
		<>
			{unsupported && (
				<p className="note" role="status">
					{unsupportedText(unsupported)}
				</p>
			)}
			{wantsSteps(state) && !post.layout && <StepsPanel post={post} dispatch={dispatch} onFiles={drops.onStepFiles} />}
			{extras.tasks.includes("re2") && <LayoutPanel post={post} dispatch={dispatch} />}
		</>
	);
}

/** What one post is written in. */
export function PostInputs({ state, dispatch, drops, onSample, onExtract }: PostInputsProps) {
	return (
		<div className="main-post">
			<PostPanel
				post={state.post}
				textProblem={textProblem(state)}
				dispatch={dispatch}
				onFiles={drops.onFiles}
				onSample={onSample}
				below={<PostParts state={state} dispatch={dispatch} drops={drops} />}
			>
				<button type="button" className="button primary" disabled={!wantsAnything(state)} onClick={onExtract}>
					<Icon name="spark" /> {t("post.extract")} <kbd>{t("post.shortcut")}</kbd>
				</button>
			</PostPanel>
		</div>
	);
}

/** What is extracted, and with which model: the same for one post and for many. */
export function Settings({ state, dispatch, onOpen }: SettingsProps) {
	const [unfolded, setUnfolded] = useState(false);
	return (
		<div className="main-settings">
			<TaskPanel state={state} dispatch={dispatch} />
			<details className="card fold-card" onToggle={({ currentTarget }) => setUnfolded(currentTarget.open)}>
				<summary>{t("settings.title")}</summary>
				<OptionsPanel options={state.options} dispatch={dispatch} />
				<ModelPanel state={state} seen={unfolded} dispatch={dispatch} onOpen={onOpen} />
			</details>
		</div>
	);
}
