/** Saves all results of a collection in one file. */
import { lazy, Suspense, useContext, useState } from "react";
import { type AllowedTypes, withoutSensitive } from "../../core/sensitive.ts";
import type { ExportItem } from "../../exports/types.ts";
import { t } from "../../messages/app.ts";
import { Icon } from "../../ui/icons.tsx";
import { AllowedContext } from "../../ui/sensitive.tsx";
import { download } from "../result/download.ts";
import type { Many, ManyCalls } from "./use-many.ts";

/** JSON lines as the command line writes them: `{"id", "source", …result}` or with a "failure", one per post. */
async function linesOf(calls: ManyCalls, allowed: AllowedTypes): Promise<Blob> {
	const parts: string[] = [];
	for await (const { post, outcome } of calls.entries()) {
		if (outcome === null) continue;
		const found = outcome.status === "done" ? withoutSensitive(outcome.result, allowed) : { failure: outcome.failure };
		parts.push(`${JSON.stringify({ id: post.id, ...(post.source && { source: post.source }), ...found })}\n`);
	}
	return new Blob(parts, { type: "application/x-ndjson" });
}

const ExportDialog = lazy(() =>
	import("../result/export-dialog.tsx").then(({ ExportDialog }) => ({ default: ExportDialog })),
);

/** Every post that has a result. */
async function itemsOf(calls: ManyCalls): Promise<ExportItem[]> {
	const items: ExportItem[] = [];
	for await (const { post, outcome } of calls.entries()) {
		if (outcome?.status === "done")
			items.push({
				id: post.id,
				image: post.picture instanceof File ? post.picture.name : null,
				result: outcome.result,
			});
	}
	return items;
}

interface ManyTakeProps {
	readonly many: Many;
	readonly calls: ManyCalls;
	readonly onFailure: (error: unknown) => void;
}

export function ManyTake({ many, calls, onFailure }: ManyTakeProps) {
	const allowed = useContext(AllowedContext);
	const [busy, setBusy] = useState(false);
	const [items, setItems] = useState<readonly ExportItem[] | null>(null);
	if (many.ledger.done + many.ledger.failed === 0) return null;
	const take = () => {
		setBusy(true);
		linesOf(calls, allowed)
			.then((blob) => download("umie-results.jsonl", blob), onFailure)
			.then(() => setBusy(false), onFailure);
	};
	const choose = () => {
		setBusy(true);
		itemsOf(calls)
			.then(setItems, onFailure)
			.then(() => setBusy(false), onFailure);
	};
	return (
		<>
			<button type="button" className="button" disabled={busy} onClick={take}>
				<Icon name="download" /> {t("many.lines")}
			</button>
			<button type="button" className="button" disabled={busy || many.ledger.done === 0} onClick={choose}>
				{t("many.otherFormats")}
			</button>
			{items && (
				<Suspense fallback={<span role="status">{t("page.loading")}</span>}>
					<ExportDialog items={items} onClose={() => setItems(null)} />
				</Suspense>
			)}
		</>
	);
}
