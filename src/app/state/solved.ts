/** Takes a failure away once its cause is gone: an error stays no longer than what it is about. */
import type { FailureCode, FailureData } from "../../core/failure.ts";

/** The part of the state that failures are about. */
interface Blamed {
	readonly post: { readonly text: unknown; readonly picture: unknown };
	readonly labels: unknown;
	readonly options: { readonly device: unknown };
	readonly choice: unknown;
	readonly run: { readonly failure: FailureData | null };
}

/** What a person changes to solve a failure of a run. A failure that is not listed stays until the next run. */
const CAUSES: Partial<Record<FailureCode, (state: Blamed) => unknown>> = {
	"text-empty": ({ post }) => post.text,
	"text-too-long": ({ post }) => post.text,
	"labels-invalid": ({ labels }) => labels,
	"image-unreadable": ({ post }) => post.picture,
	"image-unsupported": ({ post }) => post.picture,
	"image-too-large": ({ post }) => post.picture,
	"device-unavailable": ({ options }) => options.device,
	"device-lost": ({ options }) => options.device,
};

/** @param before the state that the failure belongs to */
export function withoutSolved<State extends Blamed>(before: State, after: State): State {
	const { failure } = after.run;
	if (failure === null || failure !== before.run.failure) return after;
	const causeOf = CAUSES[failure.code];
	const isOtherModel = before.choice !== after.choice;
	if (!isOtherModel && (causeOf === undefined || causeOf(before) === causeOf(after))) return after;
	return { ...after, run: { ...after.run, failure: null } };
}
