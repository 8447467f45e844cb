/** The field for a bundle's address: it is checked while it is typed, and fetched only by its button. */
import { type Dispatch, type FormEvent, useId } from "react";
import { toFailureData } from "../../core/failure.ts";
import { t } from "../../messages/app.ts";
import { type Action, type AppState, reduce } from "../state/state.ts";
import { useDraft } from "../state/use-draft.ts";
import { bundleAddress } from "./bundle-files.ts";

const EXAMPLE = "https://…/my-bundle/";

interface FromAddressProps {
	readonly state: AppState;
	readonly dispatch: Dispatch<Action>;
	/** Opens the model of this state. */
	readonly onOpen: (state: AppState) => void;
}

/** What a typed address means: the folder that would be read, or what is wrong with it. */
function readAddress(typed: string): { readonly url: string | null; readonly problem: string | null } {
	if (typed.trim() === "") return { url: null, problem: null };
	try {
		return { url: bundleAddress(typed, document.baseURI), problem: null };
	} catch (error) {
		return { url: null, problem: toFailureData(error, "app").what };
	}
}

export function FromAddress({ state, dispatch, onOpen }: FromAddressProps) {
	const { choice, model } = state;
	const inForce = choice.kind === "url" ? choice.url : "";
	const [typed, setTyped] = useDraft("address", inForce);
	const id = useId();
	const { url, problem: mistake } = readAddress(typed);
	const isInForce = url !== null && url === inForce;
	const problem = mistake ?? (isInForce && model.status === "failed" ? model.failure.what : null);
	const isLoaded = isInForce && (model.status === "opening" || model.status === "open");
	const submit = (event: FormEvent) => {
		event.preventDefault();
		if (url === null || isLoaded) return;
		const action: Action = { type: "model-chosen", choice: { kind: "url", url } };
		dispatch(action);
		onOpen(reduce(state, action));
	};
	return (
		<form className="field" onSubmit={submit}>
			<label htmlFor={id}>{t("address.label")}</label>
			<div className="row">
				<input
					id={id}
					type="text"
					inputMode="url"
					spellCheck={false}
					autoCapitalize="none"
					placeholder={EXAMPLE}
					value={typed}
					aria-invalid={problem !== null}
					aria-describedby={`${id}-problem ${id}-hint`}
					onChange={(event) => setTyped(event.target.value)}
				/>
				<button type="submit" className="button" disabled={url === null || isLoaded}>
					{t("address.load")}
				</button>
			</div>
			<p id={`${id}-problem`} className="problem" role="status">
				{problem}
			</p>
			<p id={`${id}-hint`} className="quiet small">
				{url === null ? t("address.hint") : t("address.reads", { address: `${url}umie.json` })}
			</p>
		</form>
	);
}
