/** Keeps the files of a bundle that the person picked, and gives them to the engine later. Nothing is fetched. */
import { parseManifest } from "../../bundle/manifest.ts";
import type { BundleSource } from "../../client/protocol.ts";
import { Failure } from "../../core/failure.ts";

/** A folder of the extension's private file system: the options page writes it, the host reads it. */
const OWN_FOLDER = "own-model";
const MAX_MANIFEST_BYTES = 16e6;
const FILE_NAME = /^[\w.-]{1,100}$/;

interface PickedFile {
	readonly path: string;
	readonly file: Blob;
}

/**
 * Keeps a bundle's files in place of those that were kept before.
 * @returns the model's name
 * @throws Failure `bundle-format`, `bundle-missing-file`
 */
export async function keepOwnModel(files: readonly PickedFile[]): Promise<string> {
	const manifest = files.find(({ path }) => path === "umie.json")?.file;
	if (!manifest || manifest.size > MAX_MANIFEST_BYTES)
		throw new Failure("bundle-missing-file", "The folder has no umie.json, or one larger than 16 MB.");
	const { name, files: listed } = parseManifest(parseJson(await manifest.text()));
	const wanted = ["umie.json", ...Object.keys(listed)];
	const picked = wanted.map((path) => {
		const found = files.find((file) => file.path === path);
		if (!found) throw new Failure("bundle-missing-file", `${path} is not in the folder.`);
		if (!FILE_NAME.test(path))
			throw new Failure("bundle-format", `umie.json: ${path} is not a file of the bundle's own folder.`);
		return found;
	});
	const root = await navigator.storage.getDirectory();
	await root.removeEntry(OWN_FOLDER, { recursive: true }).catch(() => undefined);
	try {
		const folder = await root.getDirectoryHandle(OWN_FOLDER, { create: true });
		for (const { path, file } of picked) {
			const writer = await (await folder.getFileHandle(path, { create: true })).createWritable();
			await writer.write(file);
			await writer.close();
		}
	} catch (error) {
		// Half a bundle is of no use, and takes the room that is missing.
		await root.removeEntry(OWN_FOLDER, { recursive: true }).catch(() => undefined);
		throw error;
	}
	return name;
}

/** @throws Failure `bundle-format` */
function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw new Failure("bundle-format", "umie.json is not valid JSON.", { cause });
	}
}

/** @throws Failure `bundle-missing-file` when no bundle was kept */
export async function ownModel(): Promise<BundleSource> {
	try {
		const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(OWN_FOLDER);
		const files: PickedFile[] = [];
		for await (const [path, handle] of folder.entries())
			if (handle.kind === "file") files.push({ path, file: await (handle as FileSystemFileHandle).getFile() });
		return { kind: "files", files };
	} catch (error) {
		throw new Failure("bundle-missing-file", "No bundle of your own was chosen on the extension's options page.", {
			cause: error,
		});
	}
}
