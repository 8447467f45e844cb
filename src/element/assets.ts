/** Where the worker, the runtime and the model lie: beside the module, or in the folder that the page names. */
import workerUrl from "../../workers/engine.worker.ts?worker&url";
import { builtInFolder, LIGHT_MODEL } from "../bundle/built-in.ts";

let folder: string | null = null;

/** Names in the folder, as the build writes them. */
const WORKER = "engine.worker.js";
const MODEL = `${builtInFolder(LIGHT_MODEL)}/`;

/**
 * For pages that bundle this package: copy the package's folder to a place that the page can fetch, and pass its
 * address before the first extraction.
 * @param address of the folder, relative to the page; null: beside the module again
 */
export function setAssets(address: string | URL | null): void {
	folder = address === null ? null : new URL(`${address}`.replace(/\/?$/, "/"), globalThis.document?.baseURI).href;
}

export const workerAddress = (): string =>
	folder === null ? new URL(workerUrl, import.meta.url).href : new URL(WORKER, folder).href;

export const modelAddress = (): string => new URL(MODEL, folder ?? import.meta.url).href;
