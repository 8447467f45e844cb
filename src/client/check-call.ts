/** Checks how a program calls the engine, so that a mistake is a sentence and not a TypeError from inside. */
import { Failure } from "../core/failure.ts";

const found = (value: unknown): string => (value === null ? "null" : Array.isArray(value) ? "a list" : typeof value);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws Failure `usage` for a post that is not one, or that holds what belongs elsewhere */
export function checkPostGiven(post: unknown): void {
	if (!isObject(post) || typeof post.text !== "string")
		throw new Failure(
			"usage",
			`extract() takes a post, {text, image}, found ${found(isObject(post) ? post.text : post)}.`,
		);
	refuseSignal(post, "the post");
}

/** @throws Failure `usage` for a request that is not one; what is in it is checked where it is used */
export function checkRequestGiven(request: unknown): void {
	if (!isObject(request))
		throw new Failure("usage", `The request of extract() must be an object, found ${found(request)}.`);
	refuseSignal(request, "the request");
}

/** @param call the last argument of the method, with its callbacks @throws Failure `usage` */
export function checkCallGiven(call: unknown, method: string): void {
	if (call instanceof AbortSignal) throw new Failure("usage", `${method}() takes {signal}, not the signal itself.`);
	if (!isObject(call))
		throw new Failure("usage", `The last argument of ${method}() must be an object, found ${found(call)}.`);
	const { signal } = call;
	if (signal !== undefined && !(signal instanceof AbortSignal))
		throw new Failure("usage", `The signal of ${method}() must be an AbortSignal, found ${found(signal)}.`);
}

function refuseSignal(given: Readonly<Record<string, unknown>>, where: string): void {
	if ("signal" in given)
		throw new Failure("usage", `The signal belongs in the third argument of extract(), {signal}, not in ${where}.`);
}
