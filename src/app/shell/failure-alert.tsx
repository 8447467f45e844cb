/** Shows a failure: what happened, what to do, and a retry where it can help. */
import type { FailureCode, FailureData } from "../../core/failure.ts";
import { pieces, t } from "../../messages/app.ts";
import { Icon } from "../../ui/icons.tsx";
import { rich } from "../../ui/rich.ts";

/** Failures of the input: trying again without changing it would fail again. */
const NO_RETRY: ReadonlySet<FailureCode> = new Set([
	"text-empty",
	"text-too-long",
	"labels-invalid",
	"image-unreadable",
	"image-unsupported",
	"image-too-large",
	"usage",
	"input-format",
	"import-format",
	"import-too-large",
]);

interface FailureAlertProps {
	readonly title: string;
	readonly failure: FailureData;
	readonly onRetry: () => void;
	readonly onDismiss: () => void;
}

export function FailureAlert({ title, failure, onRetry, onDismiss }: FailureAlertProps) {
	return (
		<div className="alert" role="alert">
			<Icon name="warning" />
			<div>
				<p>
					<strong>{title}</strong>
				</p>
				<p>{failure.what}</p>
				<p>{failure.remedy}</p>
				<div className="row">
					{!NO_RETRY.has(failure.code) && (
						<button type="button" className="button" onClick={onRetry}>
							{t("failure.retry")}
						</button>
					)}
					<button type="button" className="button" onClick={onDismiss}>
						{t("toast.dismiss")}
					</button>
				</div>
				<p className="quiet small">{rich(pieces("failure.code", { code: <code>{failure.code}</code> }))}</p>
			</div>
		</div>
	);
}
