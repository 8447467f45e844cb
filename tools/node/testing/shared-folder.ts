/** Finds the folder with reference checkpoints and data that extra checks compare with, if it is there. */
import { existsSync } from "node:fs";
import { join } from "node:path";

/** `UMIE_SHARED`, else `shared` beside the checkout; null: the extra checks are skipped and say so. */
export function sharedFolder(): string | null {
	const folder = process.env.UMIE_SHARED ?? join(import.meta.dirname, "../../../../shared");
	return existsSync(join(folder, "checkpoints/umie-nano/model.safetensors")) ? folder : null;
}
