/** Runs a bundle's graphs on WebGPU inside a page. Where the runtime put their nodes goes to the console. */
import type { InferenceSession, Tensor } from "onnxruntime-web";

/** A tensor that can cross into a page. */
export interface PlainTensor {
	readonly type: "float32" | "int32";
	readonly dims: readonly number[];
	/** Little-endian bytes in base64. */
	readonly base64: string;
}

export type PlainTensors = Readonly<Record<string, PlainTensor>>;

export interface PageGraph {
	readonly role: string;
	readonly file: string;
	readonly weights: readonly string[];
	readonly feeds: PlainTensors;
}

/** What a page found out about one graph. */
export interface PageResult {
	readonly role: string;
	/** Why it does not run; null: it does. */
	readonly failure: string | null;
	readonly outputs: PlainTensors;
}

/** The few parts of a browser this uses: the types of Node know none of them. */
interface Browser {
	/** Put there by the page itself: an import in here would be rewritten by whatever compiles this file. */
	readonly ort: typeof import("onnxruntime-web");
	readonly navigator: {
		readonly gpu?: {
			requestAdapter(): Promise<{
				readonly limits: Readonly<Record<string, number>>;
				requestDevice(wanted: { requiredLimits: Readonly<Record<string, number>> }): Promise<object>;
			} | null>;
		};
	};
	atob(text: string): string;
	btoa(text: string): string;
}

/** Stands in the console before what the runtime says about a graph. */
export const GRAPH_MARK = "umie verify graph ";

/** @returns null: there is no WebGPU */
export async function runInPage({
	graphs,
	limits,
	mark,
}: {
	graphs: readonly PageGraph[];
	limits: readonly string[];
	mark: string;
}): Promise<PageResult[] | null> {
	const browser = globalThis as unknown as Browser;
	const adapter = (await browser.navigator.gpu?.requestAdapter()) ?? null;
	if (adapter === null) return null;
	const { ort } = browser;
	ort.env.wasm.wasmPaths = "/ort/";
	ort.env.wasm.numThreads = 1;
	ort.env.logLevel = "error";
	// As the engine asks for it: full limits, and no "subgroups", whose kernels are wrong in onnxruntime-web 1.30.
	const device = await adapter.requestDevice({
		requiredLimits: Object.fromEntries(limits.map((name) => [name, adapter.limits[name]!])),
	});
	const fetchBytes = async (path: string) => new Uint8Array(await (await fetch(`/bundle/${path}`)).arrayBuffer());
	const bytesOf = (text: string) => Uint8Array.from(browser.atob(text), (letter) => letter.charCodeAt(0));
	const toTensor = ({ type, dims, base64 }: PlainTensor): Tensor => {
		const { buffer } = bytesOf(base64);
		return type === "int32"
			? new ort.Tensor("int32", new Int32Array(buffer), dims)
			: new ort.Tensor("float32", new Float32Array(buffer), dims);
	};
	const fromTensor = (tensor: Tensor): PlainTensor => {
		const { buffer, byteOffset, byteLength } = tensor.data as Float32Array;
		const bytes = new Uint8Array(buffer, byteOffset, byteLength);
		let text = "";
		for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
		return { type: tensor.type as "float32" | "int32", dims: tensor.dims, base64: browser.btoa(text) };
	};
	const say = (error: unknown) => (error instanceof Error ? error.message : String(error));
	const results: PageResult[] = [];
	for (const { role, file, weights, feeds } of graphs) {
		const graph = await fetchBytes(file);
		const externalData = await Promise.all(weights.map(async (path) => ({ path, data: await fetchBytes(path) })));
		try {
			console.log(`${mark}${role}`);
			const session = await ort.InferenceSession.create(graph, {
				executionProviders: [{ name: "webgpu", device } as InferenceSession.ExecutionProviderConfig],
				externalData,
				logSeverityLevel: 0,
				logVerbosityLevel: 1,
			});
			const inputs = Object.entries(feeds).map(([name, tensor]) => [name, toTensor(tensor)] as const);
			const found = await session.run(Object.fromEntries(inputs));
			const outputs = Object.entries(found).map(([name, tensor]) => [name, fromTensor(tensor)] as const);
			results.push({ role, failure: null, outputs: Object.fromEntries(outputs) });
			// Not released: the last release would destroy the device.
		} catch (error) {
			results.push({ role, failure: say(error), outputs: {} });
		}
	}
	return results;
}
