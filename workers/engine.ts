/** Goes in: a platform (runtime, decoder, readers). Comes out: the engine: one open model, jobs that can be cancelled, failures as data. The same in a worker and in Node. */
import type { GraphRole } from "../src/bundle/manifest.ts";
import type {
	BundleSource,
	EngineApi,
	EngineInfo,
	JobId,
	OpenOptions,
	Post,
	Progress,
} from "../src/client/protocol.ts";
import { Failure, type Outcome, settle } from "../src/core/failure.ts";
import type { Device, ExtractionResult } from "../src/core/result.ts";
import { type ExtractRequest, REQUEST_DEFAULTS } from "../src/tasks/request.ts";
import { loadBundle, readManifest } from "./bundle/load.ts";
import type { BundleReader } from "./bundle/reader.ts";
import { chooseDevice, DEVICES, probeEnvironment } from "./devices/devices.ts";
import { extractPosts, type OpenModel, throwIfCancelled } from "./extract.ts";
import { hasProposer, rolesFor } from "./graph-roles.ts";
import { proposeRegions } from "./model/model.ts";
import { type Attention, GraphSessions, type ObservedRun, type Ort } from "./model/sessions.ts";
import { PictureCache } from "./pictures.ts";
import { createQueue } from "./queue.ts";
import { createCodec } from "./text/codec.ts";
import { createLearnedProposer } from "./vision/regions/learned-proposer.ts";
import type { ImageDecoder, RegionProposer } from "./vision/types.ts";

/** What differs between a worker and Node. */
export interface Platform {
	loadRuntime(
		device: Pick<Device, "name" | "threads">,
		options: { onProgress?: (progress: Progress) => void; signal?: AbortSignal },
	): Promise<{ ort: Ort; threads: number }>;
	readonly decodeImage: ImageDecoder;
	readonly proposer: RegionProposer;
	openReader(source: BundleSource): BundleReader;
	/** Gives the event loop one turn. */
	turn(): Promise<void>;
	readonly observe?: (run: ObservedRun) => void;
}

/** The engine, and what Node adds to it: many posts as one batch. */
export interface Engine extends EngineApi {
	extractMany(
		job: JobId,
		posts: readonly Post[],
		request: ExtractRequest,
		onProgress: (progress: Progress) => void,
	): Promise<Outcome<ExtractionResult[]>>;
	/** For evaluation: the open model. @throws Failure `not-open` */
	model(): OpenModel;
}

/** What was opened last. `model` is null while its device is lost. */
interface Opened {
	model: OpenModel | null;
	readonly reopen: (attention: Attention) => Promise<OpenModel>;
}

interface RunningJob {
	readonly controller: AbortController;
	readonly ended: Promise<unknown>;
}

export function createEngineApi(platform: Platform): Engine {
	const jobs = new Map<JobId, RunningJob>();
	/** One extraction at a time: on one device two would only slow each other down, and each wants the cache and the clock for itself. */
	const turns = createQueue();
	let opened: Opened | null = null;

	/** Runs a cancellable job; its failure comes back as data, and a cancelled or closed one says which. */
	async function job<T>(id: JobId, work: (signal: AbortSignal) => Promise<T>): Promise<Outcome<T>> {
		if (jobs.has(id)) return settle(() => Promise.reject(new Failure("internal", `Job ${id} is running already.`)));
		const controller = new AbortController();
		const { signal } = controller;
		const ended = settle(async () => {
			try {
				return await work(signal);
			} catch (error) {
				throw signal.aborted && error instanceof Failure && error.code === "cancelled" ? signal.reason : error;
			}
		});
		jobs.set(id, { controller, ended });
		try {
			return await ended;
		} finally {
			jobs.delete(id);
		}
	}

	/** Ends every job but `but`, then frees the model: sessions are never freed under a run. */
	async function closeModel(what: string, but: AbortSignal | null): Promise<void> {
		const before = opened;
		opened = null;
		const others = [...jobs.values()].filter(({ controller }) => controller.signal !== but);
		for (const { controller } of others) controller.abort(new Failure("closed", what));
		await Promise.all(others.map(({ ended }) => ended));
		await before?.model?.sessions.close();
		before?.model?.pictures.clear();
	}

	function current(): Opened {
		if (opened === null) throw new Failure("not-open", "No model is open.");
		return opened;
	}

	/** A lost device is re-created once and the work runs again. */
	async function onModel<T>(attention: Attention, work: (model: OpenModel) => Promise<T>): Promise<T> {
		const at = current();
		try {
			at.model ??= await at.reopen(attention);
			return await work(at.model);
		} catch (error) {
			if (!(error instanceof Failure) || error.code !== "device-lost") throw error;
			const lost = at.model;
			at.model = null;
			await lost?.sessions.close();
			lost?.pictures.clear();
			at.model = await at.reopen(attention);
			return work(at.model);
		}
	}

	const run = (
		posts: readonly Post[],
		request: ExtractRequest,
		attention: Attention,
		onPartial: (results: readonly ExtractionResult[]) => void,
	) => {
		const options = { ...attention, decode: platform.decodeImage, turn: platform.turn, onPartial };
		const work = (model: OpenModel) =>
			extractPosts(model, posts, request, { ...options, proposer: model.proposer ?? platform.proposer });
		return turns.run(() => onModel(attention, work), attention.signal);
	};

	return {
		open: (id, source, options, onProgress) =>
			job(id, async (signal) => {
				await closeModel("Another model was opened.", signal);
				const reopen = (attention: Attention) => openModel(platform, source, options, attention);
				const model = await reopen({ onProgress, signal });
				if (signal.aborted) {
					await model.sessions.close();
					throw signal.reason;
				}
				opened = { model, reopen };
				return { manifest: model.sessions.manifest, device: model.device } satisfies EngineInfo;
			}),
		extract: (id, post, request, onUpdate) =>
			job(id, async (signal) => {
				const onProgress = (progress: Progress) => onUpdate({ kind: "progress", progress });
				const [result] = await run([post], request, { onProgress, signal }, ([partial]) =>
					onUpdate({ kind: "partial", result: partial! }),
				);
				return result!;
			}),
		extractMany: (id, posts, request, onProgress) =>
			job(id, (signal) => run(posts, request, { onProgress, signal }, () => {})),
		async cancel(id) {
			jobs.get(id)?.controller.abort(new Failure("cancelled", "It was cancelled."));
		},
		close: () => closeModel("The engine was closed.", null),
		model() {
			const { model } = current();
			if (model === null) throw new Failure("not-open", "The device of the model was lost.");
			return model;
		},
	};
}

/** @throws Failure; then nothing stays open */
async function openModel(
	platform: Platform,
	source: BundleSource,
	options: OpenOptions,
	attention: Attention,
): Promise<OpenModel> {
	const { onProgress, signal } = attention;
	const reader = platform.openReader(source);
	const [manifest, environment] = await Promise.all([readManifest(reader, signal), probeEnvironment()]);
	const chosen = chooseDevice(options, environment);
	const load = (roles: readonly GraphRole[], { onProgress, signal }: Attention) =>
		loadBundle(reader, manifest, { roles, target: DEVICES[chosen.name].graphs, onProgress, signal });
	// What a post with a picture runs at once, where the model looks at pictures; the rest is loaded when a request asks for it.
	const roles = rolesFor(manifest, REQUEST_DEFAULTS, true);
	const [{ ort, threads }, files] = await together(signal, (signal) => [
		platform.loadRuntime(chosen, { onProgress, signal }),
		load(roles, { onProgress, signal }),
	]);
	const codec = createCodec(
		parseJson(files.get("tokenizer.json"), "tokenizer.json"),
		parseJson(files.get("tokenizer_config.json"), "tokenizer_config.json"),
		manifest.config,
	);
	const device = { ...chosen, threads };
	const hardware = await DEVICES[device.name].open();
	let first: typeof files | null = files;
	const sessions = new GraphSessions({
		ort,
		manifest,
		device,
		hardware,
		load: async (wanted, attention) => first ?? load(wanted, attention),
		...(platform.observe === undefined ? {} : { observe: platform.observe }),
	});
	try {
		await openSessions(sessions, roles, attention, platform.turn);
		first = null;
		return {
			sessions,
			codec,
			pictures: new PictureCache(),
			device,
			proposer: ownProposer(sessions, platform.proposer),
		};
	} catch (error) {
		await sessions.close();
		throw error;
	}
}

/** The bundle's trained proposer, if it has one. */
function ownProposer(sessions: GraphSessions, fallback: RegionProposer): RegionProposer | null {
	const { proposer: config } = sessions.manifest.config;
	if (config === undefined || !hasProposer(sessions.manifest)) return null;
	return createLearnedProposer({
		config,
		fallback,
		run: (pixels) => proposeRegions(sessions, pixels, config.image_size),
	});
}

/** One by one, so that a cancel is heard between two. */
async function openSessions(
	sessions: GraphSessions,
	roles: readonly GraphRole[],
	{ onProgress, signal }: Attention,
	turn: () => Promise<void>,
): Promise<void> {
	let done = 0;
	const step = async (detail: string) => {
		onProgress({ stage: "sessions", detail, done, total: roles.length, unit: "steps" });
		await turn();
		throwIfCancelled(signal);
	};
	await step("");
	await sessions.open(roles, (role) => {
		done++;
		return step(role);
	});
}

/** Both pieces of work at once; the first failure ends the other. */
async function together<A, B>(
	signal: AbortSignal,
	work: (signal: AbortSignal) => readonly [Promise<A>, Promise<B>],
): Promise<[A, B]> {
	const stop = new AbortController();
	try {
		return await Promise.all(work(AbortSignal.any([signal, stop.signal])));
	} finally {
		stop.abort();
	}
}

function parseJson(bytes: Uint8Array | undefined, name: string): unknown {
	try {
		return JSON.parse(new TextDecoder().decode(bytes));
	} catch (cause) {
		throw new Failure("bundle-format", `${name} is no JSON.`, { cause });
	}
}
