/** The calls of the page that open a model, extract and cancel. They report to the reducer what happened. */
import { type Dispatch, useEffect, useRef, useState } from "react";
import { type BuiltInName, builtInFolder } from "../../bundle/built-in.ts";
import { type Manifest, parseManifest } from "../../bundle/manifest.ts";
import type { Engine } from "../../client/client.ts";
import type { Detector } from "../../client/detector.ts";
import type { BundleSource, EngineInfo, Post, Progress } from "../../client/protocol.ts";
import { type FailureCode, toFailureData } from "../../core/failure.ts";
import type { ExtractionResult } from "../../core/result.ts";
import { t } from "../../messages/app.ts";
import { partsOf } from "../ask/parts.ts";
import { checkDraft, requestOf, stepPicturesInForce } from "../ask/request.ts";
import { withRegions } from "../detectors/propose.ts";
import { createLoadProgress } from "../model/load-progress.ts";
import { suggestionHere } from "../model/suggested-model.ts";
import type { Action, AppState, ModelChoice } from "./state.ts";

/** After these the engine has to be opened again before it can extract. */
const NEEDS_OPENING: ReadonlySet<FailureCode> = new Set([
	"worker-died",
	"closed",
	"not-open",
	"device-lost",
	"out-of-memory",
]);

/** Where a built-in bundle lies, wherever the page itself does. */
export const builtInUrl = (name: string): string => new URL(`${builtInFolder(name)}/`, document.baseURI).href;

/** The built-in model of a choice: the person's, else what suits the device. */
export const builtInName = ({ name }: ModelChoice & { readonly kind: "built-in" }): BuiltInName =>
	name ?? suggestionHere().name;

function sourceOf(choice: ModelChoice): BundleSource {
	if (choice.kind === "files") return choice.source;
	return { kind: "url", url: choice.kind === "url" ? choice.url : builtInUrl(builtInName(choice)) };
}

/** umie.json alone, so that labels can be edited before the model is there. Failing is fine: opening will say why. */
export async function peekManifest(source: BundleSource, signal: AbortSignal): Promise<Manifest> {
	if (source.kind === "url")
		return parseManifest(await (await fetch(new URL("umie.json", source.url), { signal })).json());
	const file = source.files.find(({ path }) => path === "umie.json")?.file;
	if (!file || file.size > 16e6) return parseManifest(null);
	return parseManifest(JSON.parse(new TextDecoder().decode(await file.arrayBuffer())));
}

function useManifest(choice: ModelChoice, dispatch: Dispatch<Action>): void {
	useEffect(() => {
		const stop = new AbortController();
		peekManifest(sourceOf(choice), stop.signal)
			.then((manifest) => {
				if (!stop.signal.aborted) dispatch({ type: "manifest", manifest });
			})
			.catch(() => undefined);
		return () => stop.abort();
	}, [choice, dispatch]);
}

/** What works for the page, each in a thread of its own. */
export interface Threads {
	readonly engine: Engine;
	readonly detector: Detector;
}

export interface EngineCalls {
	/** Opens the chosen model if it is not open; its failure is in the state. */
	open(state: AppState): void;
	/** Opens if needed, then extracts from the post of `state`. A run that is still going on is cancelled. */
	extract(state: AppState): void;
	cancel(state: AppState): void;
	/** The chosen model, open: for work beside the one post. Rejects with the failure that is in the state. */
	ready(state: AppState): Promise<EngineInfo>;
}

/** The model that is open or being opened: one choice on one device at a time. */
class ModelOpening {
	/** Whether the runtime came with an earlier model of this visit. */
	#hasRuntime = false;
	#current: {
		readonly choice: ModelChoice;
		readonly device: string;
		readonly info: Promise<EngineInfo>;
		readonly stop: AbortController;
	} | null = null;

	/** Opens the chosen model unless it is open already or being opened. */
	open(engine: Engine, { choice, options: { device } }: AppState, dispatch: Dispatch<Action>): Promise<EngineInfo> {
		const before = this.#current;
		if (before?.choice === choice && before.device === device) return before.info;
		before?.stop.abort();
		const stop = new AbortController();
		dispatch({ type: "opening", progress: null });
		const isCurrent = () => this.#current?.stop === stop;
		const load = createLoadProgress(!this.#hasRuntime);
		const info = engine.open(
			sourceOf(choice),
			{ device },
			{ signal: stop.signal, onProgress: (step) => isCurrent() && dispatch({ type: "opening", progress: load(step) }) },
		);
		this.#current = { choice, device, info, stop };
		info.then(
			({ manifest, device }) => {
				this.#hasRuntime = true;
				if (isCurrent()) dispatch({ type: "opened", manifest, device });
			},
			(error: unknown) => {
				if (!isCurrent()) return;
				this.#current = null;
				dispatch({ type: "open-ended", failure: toFailureData(error, "app") });
			},
		);
		return info;
	}

	/** The next extraction opens again. */
	forget(dispatch: Dispatch<Action>): void {
		this.#current = null;
		dispatch({ type: "closed" });
	}

	/**
	 * Forgets it at once: an extraction that begins before the worker has answered must not wait for what was cancelled.
	 */
	cancel(dispatch: Dispatch<Action>): void {
		this.#current?.stop.abort();
		this.forget(dispatch);
	}
}

interface Run {
	readonly job: number;
	readonly signal: AbortSignal;
	readonly dispatch: Dispatch<Action>;
	readonly ready: () => Promise<EngineInfo>;
}

/** Extracts from the post of `state`, part by part, and dispatches what is found so far. */
async function extractParts(
	{ engine, detector }: Threads,
	state: AppState,
	{ job, signal, dispatch, ready }: Run,
): Promise<void> {
	const { picture } = state.post;
	const stepPictures = stepPicturesInForce(state);
	checkDraft(state);
	const { manifest } = await ready();
	signal.throwIfAborted();
	const onProgress = (progress: Progress) => dispatch({ type: "run-progress", job, progress });
	const { posts, merge } = await partsOf(state, manifest);
	signal.throwIfAborted();
	const answers: ExtractionResult[] = [];
	const show = (results: readonly ExtractionResult[], final: boolean) =>
		dispatch({ type: "run-result", job, result: merge(results), picture, stepPictures, final });
	const extract = async (part: Post) => {
		const post = await withRegions(detector, state.options.regions, part, { signal, onProgress });
		return engine.extract(post, requestOf(state), {
			signal,
			onUpdate: (update) => {
				if (update.kind === "progress") onProgress(update.progress);
				else show([...answers, update.result], false);
			},
		});
	};
	for (const post of posts) {
		answers.push(await extract(post));
		signal.throwIfAborted();
	}
	show(answers, true);
}

export function useEngine(threads: Threads, choice: ModelChoice, dispatch: Dispatch<Action>): EngineCalls {
	const [opening] = useState(() => new ModelOpening());
	const running = useRef<AbortController | null>(null);
	const jobs = useRef(0);
	useManifest(choice, dispatch);

	const ready = (state: AppState) => opening.open(threads.engine, state, dispatch);

	const open = (state: AppState) => {
		// The failure is already in the state.
		ready(state).catch(() => undefined);
	};

	const extract = (state: AppState) => {
		running.current?.abort();
		const stop = new AbortController();
		running.current = stop;
		const job = ++jobs.current;
		dispatch({ type: "run-started", job });
		extractParts(threads, state, { job, signal: stop.signal, dispatch, ready: () => ready(state) }).catch(
			(error: unknown) => {
				if (stop.signal.aborted) return;
				const failure = toFailureData(error, "app");
				if (NEEDS_OPENING.has(failure.code)) opening.forget(dispatch);
				dispatch({ type: "run-failed", job, failure });
			},
		);
	};

	const cancel = ({ run, model }: AppState) => {
		if (model.status === "opening") opening.cancel(dispatch);
		if (run.status !== "running") return;
		running.current?.abort();
		dispatch({
			type: "run-failed",
			job: run.job,
			failure: { code: "cancelled", what: t("run.cancelled"), remedy: "" },
		});
	};

	return { open, extract, cancel, ready };
}
