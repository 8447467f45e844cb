/** Asks for the results of the parts of a post, with progress; Ctrl+C ends it with what a long text has said so far. */
import type { Post, Progress } from "../../../src/client/protocol.ts";
import { Failure, unwrap } from "../../../src/core/failure.ts";
import type { ExtractionResult } from "../../../src/core/result.ts";
import type { ExtractRequest } from "../../../src/tasks/request.ts";
import type { Engine } from "../../../workers/engine.ts";

const JOB = 1;

export interface AskedPosts {
	readonly results: readonly ExtractionResult[];
	/** Why the results are not whole; null: they are. */
	readonly stopped: Failure | null;
}

/** @throws Failure also `cancelled`, where nothing was found yet */
export async function askPosts(
	engine: Engine,
	posts: readonly Post[],
	request: ExtractRequest,
	show: (text: string) => void,
): Promise<AskedPosts> {
	const results: ExtractionResult[] = [];
	// The second Ctrl+C ends the process as usual.
	const onSignal = () => void engine.cancel(JOB);
	process.once("SIGINT", onSignal);
	try {
		for (const post of posts) {
			let partial: ExtractionResult | null = null;
			const outcome = await engine.extract(JOB, post, request, (update) => {
				if (update.kind === "progress") show(describeProgress(update.progress));
				else if (update.result.unfinished) partial = update.result;
			});
			if (!outcome.ok && outcome.failure.code === "cancelled" && partial !== null)
				return { results: [...results, partial], stopped: new Failure("cancelled", stoppedAt(partial)) };
			results.push(unwrap(outcome));
		}
		return { results, stopped: null };
	} finally {
		process.off("SIGINT", onSignal);
	}
}

/** "part 3 of 40", "decode mner". */
function describeProgress({ stage, detail, done, total }: Progress): string {
	return stage === "parts" ? `part ${done + 1} of ${total}` : `${stage} ${detail}`.trim();
}

function stoppedAt({ text, unfinished = [] }: ExtractionResult): string {
	const read = unfinished.at(-1)?.start ?? 0;
	const characters = [read, text.length].map((count) => count.toLocaleString("en"));
	return `Stopped after ${characters.join(" of ")} characters: the result is partial.`;
}
