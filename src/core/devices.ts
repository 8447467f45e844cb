/**
 * Lists the devices that a model can run on, with their titles. How each one works is a row of
 * `workers/devices/devices.ts`.
 */

/** In the order in which "auto" tries them; the last one runs everywhere. */
export const DEVICE_NAMES = ["webgpu", "wasm"] as const;
export type DeviceName = (typeof DEVICE_NAMES)[number];

/** What a person may ask for; "auto" lets the engine choose. */
export const DEVICE_CHOICES = ["auto", ...DEVICE_NAMES] as const;
export type DeviceChoice = (typeof DEVICE_CHOICES)[number];

export const isDeviceChoice = (value: string): value is DeviceChoice =>
	(DEVICE_CHOICES as readonly string[]).includes(value);

interface DeviceTitle {
	readonly short: string;
	/** With the part of the computer that does the work, for lists of options. */
	readonly long: string;
	/** It runs on several threads, so people are told how many. */
	readonly threaded: boolean;
}

export const DEVICE_TITLES = {
	webgpu: { short: "WebGPU", long: "Graphics card (WebGPU)", threaded: false },
	wasm: { short: "WASM", long: "Processor (WebAssembly)", threaded: true },
} as const satisfies Record<DeviceName, DeviceTitle>;
