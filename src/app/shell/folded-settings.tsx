/** The settings that are folded at first: the options of a request, and the model. */
import type { Dispatch } from "react";
import { OptionsPanel } from "../ask/options-panel.tsx";
import { ModelPanel } from "../model/model-panel.tsx";
import type { Action, AppState } from "../state/state.ts";

export interface SettingsProps {
	readonly state: AppState;
	readonly dispatch: Dispatch<Action>;
	/** Opens the model of this state. */
	readonly onOpen: (state: AppState) => void;
}

/** @param props.unfolded whether they are unfolded now: nothing is fetched for the model's panel otherwise */
export function FoldedSettings({ state, unfolded, dispatch, onOpen }: SettingsProps & { readonly unfolded: boolean }) {
	return (
		<>
			<OptionsPanel options={state.options} dispatch={dispatch} />
			<ModelPanel state={state} seen={unfolded} dispatch={dispatch} onOpen={onOpen} />
		</>
	);
}
