/** What the engine must know of a device. A device is one file with such an object, and a row in `devices.ts`. */
import type { InferenceSession } from "onnxruntime-web";
import type { GraphTarget } from "../../src/bundle/manifest.ts";
import type { Device } from "../../src/core/result.ts";
import type { BatchLimits } from "../model/batches.ts";

/** Builds of onnxruntime-web: `runtime-browser.ts` knows their files. */
export type RuntimeBuild = "wasm" | "jspi" | "asyncify";

export interface DeviceKind {
	/** Looks at what this browser (or Node) has. Never throws, never waits for ever. */
	probe(): Promise<DeviceCandidate>;
	/** Takes the hardware for one model. @throws Failure `device-unavailable` */
	open(): Promise<OpenDevice>;
	runtimeBuild(): RuntimeBuild;
	/** Which graphs it takes, where a bundle has several of one role. */
	readonly graphs: GraphTarget;
	/** Two runs at once, or two sessions being opened, are refused or hang: they must wait for each other. */
	readonly oneRunAtATime: boolean;
	/** How many queries run together. @param dtype of the bundle */
	batchLimits(dtype: string): BatchLimits;
	/** Queries of different tasks never share a batch. */
	readonly batchesByTask: boolean;
	/** How many queries on one reading are searched side by side. */
	readonly sideBySide: number;
}

/** A device as it was found here, before it is opened. */
export interface DeviceCandidate {
	/** Why it cannot be used at all, as the end of a sentence; null: it can. */
	obstacle(needs: DeviceNeeds): string | null;
	/** Why "auto" goes on to the next device although this one could be used; null: it does not. */
	readonly drawback: string | null;
	/**
	 * What opening it gives.
	 * @param threads as they were requested
	 * @param why it was chosen, for people
	 */
	describe(threads: number | "auto", why: string): Pick<Device, "threads" | "reason">;
}

/** What a model needs of a device. */
export interface DeviceNeeds {
	/** 16-bit floats: without `shader-f16` such a model fails at its first run, not when it is opened. */
	readonly shaderF16: boolean;
}

/** A device that belongs to one model. */
export interface OpenDevice {
	/** @param kept names of the outputs that only other graphs read: they can stay on the device */
	sessionOptions(
		kept: readonly string[],
	): Pick<InferenceSession.SessionOptions, "executionProviders" | "preferredOutputLocation">;
	/** Resolves with the reason when the hardware goes away; null: that cannot happen. */
	readonly lost: Promise<string> | null;
	close(): void;
}
