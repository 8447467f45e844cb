/** Finds a checkpoint on this machine by the path or address that a person gave. */
import { fetchCheckpoint, isRemote } from "../exporter/checkpoint/fetch-checkpoint.ts";
import { progressLine } from "./command.ts";

/**
 * Loads what lies elsewhere, with a line of progress; Ctrl+C keeps what has arrived.
 * @throws Failure as {@link fetchCheckpoint}
 */
export async function localCheckpoint(path: string): Promise<string> {
	if (!isRemote(path)) return path;
	const line = progressLine();
	const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
	try {
		return await fetchCheckpoint(path, {
			onProgress: (file, received, total) =>
				line.show(`${file} ${megabytes(received)}${total === null ? "" : ` of ${megabytes(total)}`} MB`),
		});
	} finally {
		line.clear();
	}
}
