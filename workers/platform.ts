/** The platform that the engine runs on: what differs between a worker and Node. */
import type { BundleSource, Progress } from "../src/client/protocol.ts";
import type { Device } from "../src/core/result.ts";
import type { BundleReader } from "./bundle/reader.ts";
import type { ObservedRun, Ort } from "./model/sessions.ts";
import type { ImageDecoder, RegionProposer } from "./vision/types.ts";

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
