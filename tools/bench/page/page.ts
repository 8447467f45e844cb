/** Goes in: calls of the runner (main.ts), by way of `globalThis.bench`. Comes out: their answers, each device in a worker of its own. */
import * as Comlink from "comlink";
import type { OpenOptions } from "../../../src/engine/protocol.ts";
import type { Bench, BenchCase, BenchWorker } from "./contract.ts";

const workers = new Map<string, Comlink.Remote<BenchWorker>>();

const bench: Bench = {
	async open(name: string, options: OpenOptions) {
		const remote = Comlink.wrap<BenchWorker>(new Worker(new URL("./bench.worker.ts", import.meta.url), { type: "module", name }));
		workers.set(name, remote);
		return remote.open(new URL("model/", globalThis.location.href).href, options);
	},
	measure(name: string, asked: BenchCase) {
		return workers.get(name)!.measure(asked);
	},
};

Object.assign(globalThis, { bench });
