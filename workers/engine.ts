/** Goes in: a platform (runtime, decoder, readers). Comes out: the engine: one open model, jobs that can be cancelled, failures as data. The same in a worker and in Node. */
import { type GraphRole, type Manifest, VISUAL_ROLES } from "../src/bundle/manifest.ts";
import { Failure, type Outcome, settle } from "../src/core/failure.ts";
import type { Device, ExtractionResult } from "../src/core/result.ts";
import type { BundleSource, EngineApi, EngineInfo, JobId, OpenOptions, Post, Progress, Update } from "../src/engine/protocol.ts";
import type { ExtractRequest } from "../src/tasks/types.ts";
import { loadBundle, readManifest } from "./bundle/load.ts";
import type { BundleReader } from "./bundle/reader.ts";
import { chooseDevice, type DeviceEnvironment } from "./device.ts";
import { extractPosts, looksAtPictures, type OpenModel, settleRequest } from "./extract.ts";
import { GraphSessions, type ObservedRun, type Ort } from "./model/sessions.ts";
import { PictureCache } from "./pictures.ts";
import { createCodec } from "./text/codec.ts";
import type { ImageDecoder, RegionProposer } from "./vision/types.ts";

/** What differs between a worker and Node. */
export interface Platform {
	loadRuntime(device: Pick<Device, "name" | "threads">, options: { onProgress?: (progress: Progress) => void; signal?: AbortSignal }): Promise<{ ort: Ort; threads: number }>;
	probeEnvironment(): Promise<DeviceEnvironment>;
	/** A device of our own on a WebGPU machine; null on WASM. */
	openGpu(): Promise<GPUDevice | null>;
	readonly decodeImage: ImageDecoder;
	readonly proposer: RegionProposer;
	openReader(source: BundleSource): BundleReader;
	/** Gives the event loop one turn. */
	turn(): Promise<void>;
	readonly observe?: (run: ObservedRun) => void;
}

/** The engine, and what Node adds to it: many posts as one batch. */
export interface Engine extends EngineApi {
	extractMany(job: JobId, posts: readonly Post[], request: ExtractRequest, onProgress: (progress: Progress) => void): Promise<Outcome<ExtractionResult[]>>;
	/** For evaluation: the open model. @throws Failure `not-open` */
	model(): OpenModel;
}

interface Opened {
	readonly model: OpenModel;
	readonly reopen: () => Promise<OpenModel>;
}

export function createEngineApi(platform: Platform): Engine {
	const jobs = new Map<JobId, AbortController>();
	let opened: Opened | null = null;

	async function closeModel(): Promise<void> {
		const before = opened;
		opened = null;
		before?.model.pictures.clear();
		await before?.model.sessions.close();
	}

	/** Runs a cancellable job; its failure comes back as data. */
	async function job<T>(id: JobId, work: (signal: AbortSignal) => Promise<T>): Promise<Outcome<T>> {
		const controller = new AbortController();
		jobs.set(id, controller);
		try {
			return await settle(() => work(controller.signal));
		} finally {
			jobs.delete(id);
		}
	}

	function current(): Opened {
		if (opened === null) throw new Failure("not-open", "No model is open.");
		return opened;
	}

	/** A lost device is re-created once and the work runs again. */
	async function onModel<T>(work: (model: OpenModel) => Promise<T>): Promise<T> {
		const at = current();
		try {
			return await work(at.model);
		} catch (error) {
			if (!(error instanceof Failure) || error.code !== "device-lost" || opened !== at) throw error;
			await closeModel();
			const model = await at.reopen();
			opened = { ...at, model };
			return work(model);
		}
	}

	const run = (signal: AbortSignal, posts: readonly Post[], request: ExtractRequest, onProgress: (progress: Progress) => void, onPartial: (results: readonly ExtractionResult[]) => void) =>
		onModel((model) => extractPosts(model, posts, request, { decode: platform.decodeImage, proposer: platform.proposer, signal, turn: platform.turn, onProgress, onPartial }));

	return {
		open: (id, source, options, onProgress) =>
			job(id, async (signal) => {
				await closeModel();
				const reopen = () => openModel(platform, source, options, onProgress, signal);
				const model = await reopen();
				// What a later loss of the device needs must not hang on this job's signal.
				opened = { model, reopen: () => openModel(platform, source, options, () => {}, new AbortController().signal) };
				return { manifest: model.sessions.manifest, device: model.device } satisfies EngineInfo;
			}),
		extract: (id, post, request, onUpdate) =>
			job(id, async (signal) => {
				const send = (update: Update) => onUpdate(update);
				const [result] = await run(
					signal,
					[post],
					request,
					(progress) => send({ kind: "progress", progress }),
					([partial]) => send({ kind: "partial", result: partial! }),
				);
				return result!;
			}),
		extractMany: (id, posts, request, onProgress) => job(id, (signal) => run(signal, posts, request, onProgress, () => {})),
		async cancel(id) {
			jobs.get(id)?.abort();
		},
		async close() {
			for (const controller of jobs.values()) controller.abort();
			await closeModel();
		},
		model: () => current().model,
	};
}

/** Graphs a request will run; the rest is loaded when somebody asks for it. */
export function rolesFor(manifest: Manifest, request: Pick<ExtractRequest, "tasks"> & Partial<ExtractRequest>): GraphRole[] {
	const { decoding, gate } = settleRequest(request);
	return ["text_encoder", "decoder_context", decoding === "extractive" ? "decoder_extractive" : "decoder", ...(looksAtPictures(manifest, gate) ? VISUAL_ROLES : [])];
}

async function openModel(platform: Platform, source: BundleSource, options: OpenOptions, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<OpenModel> {
	const reader = platform.openReader(source);
	const [manifest, environment] = await Promise.all([readManifest(reader, signal), platform.probeEnvironment()]);
	const chosen = chooseDevice(options, environment);
	const roles = rolesFor(manifest, { tasks: ["mner"] });
	const load = (wanted: readonly GraphRole[], progress = onProgress) => loadBundle(reader, manifest, { roles: wanted, device: chosen.name, onProgress: progress, signal });
	const [{ ort, threads }, gpu, files] = await Promise.all([
		platform.loadRuntime(chosen, { onProgress, signal }),
		chosen.name === "webgpu" ? platform.openGpu() : null,
		load(roles),
	]);
	const device = { ...chosen, threads };
	const codec = createCodec(parseJson(files.get("tokenizer.json"), "tokenizer.json"), parseJson(files.get("tokenizer_config.json"), "tokenizer_config.json"), manifest.config);
	let first: typeof files | null = files;
	const sessions = new GraphSessions({
		ort,
		manifest,
		device,
		gpu,
		// The files of the first graphs are at hand; later ones come when they are asked for, and cannot be cancelled by the job that opened.
		load: async (wanted) => first ?? loadBundle(reader, manifest, { roles: wanted, device: device.name, onProgress }),
		...(platform.observe === undefined ? {} : { observe: platform.observe }),
	});
	try {
		let done = 0;
		const tell = (detail: string) => onProgress({ stage: "sessions", detail, done, total: roles.length, unit: "steps" });
		tell("");
		await sessions.open(roles, (role) => {
			done++;
			tell(role);
			if (signal.aborted) throw new Failure("cancelled", "Opening the model was cancelled.");
		});
		first = null;
		return { sessions, codec, pictures: new PictureCache(), device };
	} catch (error) {
		await sessions.close();
		throw error;
	}
}

function parseJson(bytes: Uint8Array | undefined, name: string): unknown {
	try {
		return JSON.parse(new TextDecoder().decode(bytes));
	} catch (cause) {
		throw new Failure("bundle-format", `${name} is no JSON.`, { cause });
	}
}
