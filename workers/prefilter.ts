/** Lets the bundle's prefilter look at what mner read of a post, before pairs and events are asked about. */
import { prefilterInput, readPrefilter } from "../src/tasks/query/prefilter.ts";
import { runPrefilter } from "./model/model.ts";
import type { OpenModel } from "./open-model.ts";
import type { BatchPost } from "./wave.ts";

/** Adds the signs that it sees to the answer of mner; nothing where no prefilter is in force. */
export async function prefilterPost(
	{ sessions }: OpenModel,
	post: BatchPost,
	yieldPoint: () => Promise<void>,
): Promise<void> {
	const input = prefilterInput(post.context, post.answers);
	if (input === null) return;
	await yieldPoint();
	const signs = readPrefilter(input, await runPrefilter(sessions, input.states, input.feeds));
	post.answers = post.answers.map((answer) => (answer === input.answer ? { ...answer, signs } : answer));
}
