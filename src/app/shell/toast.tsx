/** Small messages at the foot of the page: what can be undone, and notices. */
import type { Dispatch } from "react";
import { t } from "../../messages/app.ts";
import { Icon } from "../../ui/icons.tsx";
import type { Action, AppState } from "../state/state.ts";

interface ToastProps extends Pick<AppState, "undo" | "notice"> {
	readonly dispatch: Dispatch<Action>;
}

/** Messages stay until they are dismissed: one that vanishes by itself is too fast for some people. */
export function Toast({ undo, notice, dispatch }: ToastProps) {
	return (
		<div className="toasts" role="status">
			{undo && (
				<div className="toast">
					<span>{undo.label}</span>
					<button type="button" className="button small" onClick={() => dispatch({ type: "undone" })}>
						{t("toast.undo")}
					</button>
					<button
						type="button"
						className="icon-button small"
						aria-label={t("toast.dismiss")}
						onClick={() => dispatch({ type: "undo-dismissed" })}
					>
						<Icon name="close" />
					</button>
				</div>
			)}
			{notice && (
				<div className="toast">
					<span>{notice}</span>
					<button
						type="button"
						className="icon-button small"
						aria-label={t("toast.dismissMessage")}
						onClick={() => dispatch({ type: "notice", text: null })}
					>
						<Icon name="close" />
					</button>
				</div>
			)}
		</div>
	);
}
