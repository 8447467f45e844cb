/**
 * Answers the runner's calls (browser.ts) through `globalThis.bench`, with a worker of its own for each device of each
 * model.
 */
import * as Comlink from "comlink";
import type { Bench, BenchWorker, PeerWorker } from "./contract.ts";

interface Running {
	readonly worker: Worker;
	readonly ours?: Comlink.Remote<BenchWorker>;
	readonly peer?: Comlink.Remote<PeerWorker>;
}

const running = new Map<string, Running>();
const addressOf = (model: string) => new URL(`models/${model}/`, globalThis.location.href).href;
const ours = (name: string) => running.get(name)!.ours!;

const bench: Bench = {
	open(name, model, options) {
		const worker = new Worker(new URL("./bench.worker.ts", import.meta.url), { type: "module", name });
		const remote = Comlink.wrap<BenchWorker>(worker);
		running.set(name, { worker, ours: remote });
		return remote.open(addressOf(model), options);
	},
	measure: (name, request) => ours(name).measure(request),
	ask: (name, request) => ours(name).ask(request),
	copyRates: (name) => ours(name).copyRates(),
	openPeer(name, model, options) {
		const worker = new Worker(new URL("./peer.worker.ts", import.meta.url), { type: "module", name });
		const remote = Comlink.wrap<PeerWorker>(worker);
		running.set(name, { worker, peer: remote });
		return remote.open(addressOf(model), options);
	},
	generate: (name, input, maxNewTokens) => running.get(name)!.peer!.generate(input, maxNewTokens),
	async end(name) {
		running.get(name)?.worker.terminate();
		running.delete(name);
	},
};

Object.assign(globalThis, { bench });
