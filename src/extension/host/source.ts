/** Where the files of the chosen model lie. */
import { builtInFolder, LIGHT_MODEL } from "../../bundle/built-in.ts";
import type { BundleSource } from "../../client/protocol.ts";
import { api } from "../common/api.ts";
import type { Settings } from "../common/settings.ts";
import { ownModel } from "./own-model.ts";

/** The bundle that comes with the extension. */
const builtInModel = (): BundleSource => ({ kind: "url", url: api.runtime.getURL(`${builtInFolder(LIGHT_MODEL)}/`) });

export const sourceOf = async (model: Settings["model"]): Promise<BundleSource> =>
	model === "own" ? ownModel() : builtInModel();
