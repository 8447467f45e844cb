/** Two buttons that accept and reject a record, in every list of records that can be corrected. */
import { Icon } from "./icons.tsx";

interface VerdictProps {
	/** What each button does, in words. */
	readonly accept: string;
	readonly reject: string;
	/** A person entered or accepted it: there is nothing left to accept. */
	readonly accepted: boolean;
	readonly onAccept: () => void;
	readonly onReject: () => void;
}

export function Verdict({ accept, reject, accepted, onAccept, onReject }: VerdictProps) {
	return (
		<span className="verdict">
			<button
				type="button"
				className="icon-button small"
				aria-label={accept}
				title={accept}
				aria-pressed={accepted}
				disabled={accepted}
				onClick={onAccept}
			>
				<Icon name="check" />
			</button>
			<button type="button" className="icon-button small" aria-label={reject} title={reject} onClick={onReject}>
				<Icon name="close" />
			</button>
		</span>
	);
}
