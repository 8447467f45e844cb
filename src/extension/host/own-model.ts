/** Goes in: the files of a bundle that a person picked. Comes out: the same files on every later day, for the engine. Nothing is fetched. */
import { parseManifest } from "../../bundle/manifest.ts";
import type { BundleSource } from "../../client/protocol.ts";
import { Failure } from "../../core/failure.ts";

/** The folder of the person's own bundle, in the extension's private file system: the options page writes it, the host reads it. */
const OWN_FOLDER = "own-model";
const ANY_FILE = /^[\w.-]{1,100}$/;

export interface GivenFile {
	readonly path: string;
	readonly file: Blob;
}

/**
 * Keeps a bundle's files; what was kept before is replaced.
 * @returns the model's name
 * @throws Failure `bundle-format`, `bundle-missing-file`
 */
export async function keepOwnModel(files: readonly GivenFile[]): Promise<string> {
	const manifest = files.find(({ path }) => path === "umie.json")?.file;
	if (!manifest || manifest.size > 16e6) throw new Failure("bundle-missing-file", "The folder holds no umie.json.");
	const { name, files: listed } = parseManifest(JSON.parse(await manifest.text()));
	const wanted = ["umie.json", ...Object.keys(listed)];
	const root = await navigator.storage.getDirectory();
	await root.removeEntry(OWN_FOLDER, { recursive: true }).catch(() => undefined);
	const folder = await root.getDirectoryHandle(OWN_FOLDER, { create: true });
	for (const path of wanted) {
		const given = files.find((file) => file.path === path);
		if (!given) throw new Failure("bundle-missing-file", `${path} is not in the folder.`);
		if (!ANY_FILE.test(path))
			throw new Failure("bundle-format", `umie.json: ${path} is not a file of the bundle's own folder.`);
		const writer = await (await folder.getFileHandle(path, { create: true })).createWritable();
		await writer.write(given.file);
		await writer.close();
	}
	return name;
}

/** @throws Failure `bundle-missing-file` when no bundle was kept */
export async function ownModel(): Promise<BundleSource> {
	try {
		const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(OWN_FOLDER);
		const files: GivenFile[] = [];
		for await (const [path, handle] of folder.entries())
			if (handle.kind === "file") files.push({ path, file: await (handle as FileSystemFileHandle).getFile() });
		return { kind: "files", files };
	} catch (error) {
		throw new Failure("bundle-missing-file", "No model of your own was chosen in the extension's options.", {
			cause: error,
		});
	}
}
