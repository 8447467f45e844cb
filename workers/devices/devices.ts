/** Chooses the device that a model runs on, and says why, in a sentence for people. A new device is a row here. */
import type { OpenOptions } from "../../src/client/protocol.ts";
import { DEVICE_NAMES, DEVICE_TITLES, type DeviceName } from "../../src/core/devices.ts";
import { Failure } from "../../src/core/failure.ts";
import type { Device } from "../../src/core/result.ts";
import type { DeviceCandidate, DeviceKind, DeviceNeeds } from "./device-kind.ts";
import { wasmDevice } from "./wasm.ts";
import { webgpuDevice } from "./webgpu.ts";

export const DEVICES: Readonly<Record<DeviceName, DeviceKind>> = {
	webgpu: webgpuDevice,
	wasm: wasmDevice,
};

/** What this browser (or Node) has of each device. */
export type DeviceEnvironment = Readonly<Record<DeviceName, DeviceCandidate>>;

/** Looks for all devices at once. Never throws, never waits for ever. */
export async function probeEnvironment(): Promise<DeviceEnvironment> {
	const found = await Promise.all(DEVICE_NAMES.map(async (name) => [name, await DEVICES[name].probe()] as const));
	return Object.fromEntries(found) as Record<DeviceName, DeviceCandidate>;
}

/**
 * @param requested "auto" takes the first device without an obstacle or a drawback; a device with a drawback, such as
 *   a software adapter, is used only when it was requested by name
 * @throws Failure `device-unavailable` when the requested device cannot be had
 */
export function chooseDevice(
	{ device: requested, threads }: OpenOptions,
	environment: DeviceEnvironment,
	needs: DeviceNeeds = { shaderF16: false },
): Device {
	const describe = (name: DeviceName, why: string): Device => ({ name, ...environment[name].describe(threads, why) });
	if (requested !== "auto") {
		const obstacle = environment[requested].obstacle(needs);
		if (obstacle === null) return describe(requested, "as you chose");
		throw new Failure("device-unavailable", `${DEVICE_TITLES[requested].short} was requested, but ${obstacle}.`);
	}
	const passed: string[] = [];
	for (const name of DEVICE_NAMES) {
		const reason = environment[name].obstacle(needs) ?? environment[name].drawback;
		if (reason === null) return describe(name, passed.join("; "));
		passed.push(reason);
	}
	throw new Failure("device-unavailable", `No device can be used: ${passed.join("; ")}.`);
}
