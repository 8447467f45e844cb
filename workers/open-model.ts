/** Opens a model: loads its bundle for the best device, opens its sessions, and says what an open model is made of. */
import type { GraphRole } from "../src/bundle/manifest.ts";
import type { BundleSource, OpenOptions } from "../src/client/protocol.ts";
import { Failure } from "../src/core/failure.ts";
import type { Device } from "../src/core/result.ts";
import { REQUEST_DEFAULTS } from "../src/tasks/request.ts";
import type { TokenCodec } from "../src/tasks/types.ts";
import { loadBundle, readManifest } from "./bundle/load.ts";
import { chooseDevice, DEVICES, probeEnvironment } from "./devices/devices.ts";
import { hasProposer, rolesFor } from "./graph-roles.ts";
import { proposeRegions } from "./model/model.ts";
import { type Attention, GraphSessions } from "./model/sessions.ts";
import { PictureCache } from "./pictures.ts";
import type { Platform } from "./platform.ts";
import { createCodec } from "./text/codec.ts";
import { createLearnedProposer } from "./vision/regions/learned-proposer.ts";
import type { RegionProposer } from "./vision/types.ts";
import { createYieldPoint } from "./yield-point.ts";

/** What an open model is made of. */
export interface OpenModel {
	readonly sessions: GraphSessions;
	readonly codec: TokenCodec;
	readonly pictures: PictureCache;
	readonly device: Device;
	/** The bundle's own; null: it has none, and that of the platform serves. */
	readonly proposer: RegionProposer | null;
}

/** Loads a bundle and opens its sessions. @throws Failure; then nothing stays open */
export async function openModel(
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
	// The graphs of a post with a picture are opened at once; the rest is loaded when a request needs it.
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

/** One by one, so that a cancel can arrive between two. */
async function openSessions(
	sessions: GraphSessions,
	roles: readonly GraphRole[],
	{ onProgress, signal }: Attention,
	turn: () => Promise<void>,
): Promise<void> {
	let done = 0;
	const yieldPoint = createYieldPoint(turn, signal);
	const step = async (detail: string) => {
		onProgress({ stage: "sessions", detail, done, total: roles.length, unit: "steps" });
		await yieldPoint();
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
		throw new Failure("bundle-format", `${name} is not valid JSON.`, { cause });
	}
}

/** Frees everything that a model holds. No run may be in progress on it. */
export async function closeModel(model: OpenModel | null): Promise<void> {
	await model?.sessions.close();
	model?.pictures.clear();
}
