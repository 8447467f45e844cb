/** Shows what a person fills in: the post, and as settings what to extract and the model with its options. */
import { type Dispatch, lazy, Suspense, type ToggleEvent, useState } from "react";
import { t } from "../../messages/app.ts";
import { Icon } from "../../ui/icons.tsx";
import { unsupportedText } from "../../ui/unsupported-language.ts";
import { wantsAnything } from "../ask/request.ts";
import { TaskPanel } from "../ask/task-panel.tsx";
import { PostPanel } from "../post/post-panel.tsx";
import type { Sample } from "../post/samples.ts";
import { useLanguageOfText } from "../post/use-language-of-text.ts";
import type { Action, AppState } from "../state/state.ts";
import type { SettingsProps } from "./folded-settings.tsx";
import { type Drops, wantsSteps } from "./use-drops.ts";

interface PostInputsProps {
	readonly state: AppState;
	readonly dispatch: Dispatch<Action>;
	readonly drops: Drops;
	readonly onSample: (sample: Sample) => void;
	readonly onExtract: () => void;
}

/** Few posts have steps or are forms. */
const StepsPanel = lazy(() => import("../result/steps-panel.tsx").then(({ StepsPanel }) => ({ default: StepsPanel })));
const LayoutPanel = lazy(() =>
	import("../post/layout-panel.tsx").then(({ LayoutPanel }) => ({ default: LayoutPanel })),
);

/** Most people leave the settings folded. */
const FoldedSettings = lazy(() =>
	import("./folded-settings.tsx").then(({ FoldedSettings }) => ({ default: FoldedSettings })),
);

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
			<Suspense fallback={null}>
				{wantsSteps(state) && !post.layout && (
					<StepsPanel post={post} dispatch={dispatch} onFiles={drops.onStepFiles} />
				)}
				{extras.tasks.includes("re2") && <LayoutPanel post={post} dispatch={dispatch} />}
			</Suspense>
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
	const [seen, setSeen] = useState(false);
	const onToggle = ({ currentTarget }: ToggleEvent<HTMLDetailsElement>) => {
		setUnfolded(currentTarget.open);
		if (currentTarget.open) setSeen(true);
	};
	return (
		<div className="main-settings">
			<TaskPanel state={state} dispatch={dispatch} />
			<details className="card fold-card" onToggle={onToggle}>
				<summary>{t("settings.title")}</summary>
				{seen && (
					<Suspense fallback={null}>
						<FoldedSettings state={state} unfolded={unfolded} dispatch={dispatch} onOpen={onOpen} />
					</Suspense>
				)}
			</details>
		</div>
	);
}
