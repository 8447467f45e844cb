/** Asks a wave of queries for a batch of posts, all as one batch of the model, and reads the answers. */
import { keptStates, waveQueries } from "../src/tasks/plan.ts";
import type { Query, ReadAnswer } from "../src/tasks/query/question.ts";
import { readAnswer } from "../src/tasks/query/readers.ts";
import type { Clock } from "./clock.ts";
import { type AnswerOptions, answerQueries } from "./model/answer.ts";
import type { OpenModel } from "./open-model.ts";
import type { PreparedPost } from "./prepare-post.ts";

/** A post of a batch, and its answers so far. */
export interface BatchPost extends PreparedPost {
	answers: readonly ReadAnswer[];
}

export interface WaveOptions extends Omit<AnswerOptions, "device" | "spent"> {
	readonly clock: Clock;
}

/** Asks what the plan says for wave `wave` (the first is 0) and adds the answers to each post. */
export async function askWave(
	{ sessions, device }: OpenModel,
	batch: readonly BatchPost[],
	wave: number,
	options: WaveOptions,
): Promise<void> {
	const { clock } = options;
	const questions = batch.flatMap((post) => {
		const built = clock.start("tokenize");
		const queries = wave === 0 ? post.queries : waveQueries(post.context, post.answers, wave);
		const kept = keptStates(post.context, queries);
		built();
		return queries.map((query) => {
			const read = statesOf(query, post.answers);
			return { query, image: post.image, states: kept.includes(query), read, post };
		});
	});
	const answers = await answerQueries(sessions, questions, { ...options, device: device.name, spent: clock.add });
	for (const post of batch) {
		const read = answers
			.filter((_, at) => questions[at]!.post === post)
			.map((answer) => readAnswer(post.context, answer));
		// From the second wave on nothing reads the states of the answers before.
		const before = wave === 0 ? post.answers : post.answers.map(({ states: _, ...answer }) => answer);
		post.answers = [...before, ...read];
	}
}

/** What an earlier answer on the same input brought: the input is not encoded again. */
function statesOf({ inputIds }: Query, answers: readonly ReadAnswer[]) {
	return answers.find(({ query, states }) => query.inputIds === inputIds && states !== undefined)?.states ?? null;
}
