/** Runs the steps of a plan for a batch of posts: asks a wave of queries, or lets the prefilter look at what mner read. */
import { keptStates, type Step, waveQueries } from "../src/tasks/plan.ts";
import { prefilterInput, readPrefilter } from "../src/tasks/query/prefilter.ts";
import type { Query, ReadAnswer } from "../src/tasks/query/question.ts";
import { readAnswer } from "../src/tasks/query/readers.ts";
import type { Clock } from "./clock.ts";
import type { OpenModel } from "./extract.ts";
import { type AnswerOptions, answerQueries } from "./model/answer.ts";
import { runPrefilter } from "./model/model.ts";
import type { PreparedPost } from "./prepare-post.ts";

/** A post of a batch, and its answers so far. */
export interface BatchPost extends PreparedPost {
	answers: readonly ReadAnswer[];
}

export interface StepOptions extends Omit<AnswerOptions, "device" | "spent"> {
	readonly clock: Clock;
}

/** Runs one step; the answers of the posts are replaced by those after it. */
export async function runStep(
	model: OpenModel,
	batch: readonly BatchPost[],
	step: Step,
	options: StepOptions,
): Promise<void> {
	if (step.kind === "ask") await askWave(model, batch, step.wave, options);
	else for (const post of batch) await prefilterPost(model, post, options);
}

/** Asks all queries of a wave as one batch and reads the answers. */
async function askWave(
	{ sessions, device }: OpenModel,
	batch: readonly BatchPost[],
	wave: number,
	options: StepOptions,
): Promise<void> {
	const { clock } = options;
	const asked = batch.flatMap((post) => {
		const built = clock.start("tokenize");
		const queries = wave === 0 ? post.queries : waveQueries(post.context, post.answers, wave);
		const kept = keptStates(post.context, queries);
		built();
		return queries.map((query) => {
			const read = statesOf(query, post.answers);
			return { query, image: post.image, states: kept.includes(query), read, post };
		});
	});
	const answers = await answerQueries(sessions, asked, { ...options, device: device.name, spent: clock.add });
	for (const post of batch) {
		const read = answers.filter((_, at) => asked[at]!.post === post).map((answer) => readAnswer(post.context, answer));
		// From the second wave on nothing reads the states of the answers before.
		const before = wave === 0 ? post.answers : post.answers.map(({ states: _, ...answer }) => answer);
		post.answers = [...before, ...read];
	}
}

/** What an earlier answer on the same input brought: the input is not encoded again. */
function statesOf({ inputIds }: Query, answers: readonly ReadAnswer[]) {
	return answers.find(({ query, states }) => query.inputIds === inputIds && states !== undefined)?.states ?? null;
}

async function prefilterPost({ sessions }: OpenModel, post: BatchPost, { yieldPoint }: StepOptions): Promise<void> {
	const input = prefilterInput(post.context, post.answers);
	if (input === null) return;
	await yieldPoint();
	const signs = readPrefilter(input, await runPrefilter(sessions, input.states, input.feeds));
	post.answers = post.answers.map((answer) => (answer === input.answer ? { ...answer, signs } : answer));
}
