/** Says which device a model runs on. */
import { DEVICE_TITLES, type DeviceName } from "../core/devices.ts";
import { t } from "../messages/ui.ts";

/** "Graphics card (WebGPU)". */
export const deviceTitle = (name: DeviceName): string => t(`device.${name}`);

/** "WebGPU", or "WASM, 4 threads". */
export function deviceText({ name, threads }: { readonly name: DeviceName; readonly threads: number }): string {
	const { short, threaded } = DEVICE_TITLES[name];
	return threaded ? t("device.threads", { device: short, count: threads }) : short;
}
