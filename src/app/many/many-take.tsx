/** Goes in: a collection with results. Comes out: one file with all of them. */
import { useState } from "react";
import { Icon } from "../../ui/icons.tsx";
import { download } from "../download.ts";
import type { Many, ManyCalls } from "./use-many.ts";

/** JSON lines as the command line writes them: `{"id", …result}` or `{"id", "failure"}`, one a post. */
async function linesOf(calls: ManyCalls): Promise<Blob> {
	const parts: string[] = [];
	for await (const { post, outcome } of calls.entries()) {
		if (outcome === null) continue;
		parts.push(`${JSON.stringify({ id: post.id, ...(outcome.status === "done" ? outcome.result : { failure: outcome.failure }) })}\n`);
	}
	return new Blob(parts, { type: "application/x-ndjson" });
}

interface ManyTakeProps {
	readonly many: Many;
	readonly calls: ManyCalls;
	readonly onFailure: (error: unknown) => void;
}

export function ManyTake({ many, calls, onFailure }: ManyTakeProps) {
	const [busy, setBusy] = useState(false);
	if (many.done + many.failed === 0) return null;
	const take = () => {
		setBusy(true);
		linesOf(calls)
			.then((blob) => download("umie-results.jsonl", blob), onFailure)
			.then(() => setBusy(false), onFailure);
	};
	return (
		<button type="button" className="button" disabled={busy} onClick={take}>
			<Icon name="download" /> Results as JSONL
		</button>
	);
}
