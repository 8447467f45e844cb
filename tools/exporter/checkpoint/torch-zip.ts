/** Opens a checkpoint as `torch.save` writes it since PyTorch 1.6 (a ZIP archive), or a TorchScript archive. */
import { Failure } from "../../../src/core/failure.ts";
import { type ByteSource, openBytes } from "./byte-source.ts";
import { ELEMENT_TYPES } from "./element-types.ts";
import { readPickle } from "./pickle.ts";
import type { TensorFile } from "./tensor-file.ts";
import { MAX_PICKLE_BYTES, torchTensorFile } from "./torch-file.ts";
import { type TorchStorage, torchNames } from "./torch-objects.ts";
import { openZip, type ZipArchive, type ZipEntry } from "./zip.ts";

/** @throws Failure `checkpoint-format` for an archive that is broken, or whose pickle asks for more than tensors */
export function openTorchZip(path: string): TensorFile {
	const source = openBytes(path);
	try {
		return readTorchZip(source, openZip(source));
	} catch (error) {
		source.close();
		throw error;
	}
}

function readTorchZip(source: ByteSource, zip: ZipArchive): TensorFile {
	const { name } = source;
	const bad = (what: string) => new Failure("checkpoint-format", `${name}: ${what}.`);
	const pickle = findPickle(zip, bad);
	const folder = pickle.name.slice(0, -"data.pkl".length);
	const order = zip.entries.get(`${folder}byteorder`);
	if (order !== undefined && (order.size !== 6 || Buffer.from(zip.read(order)).toString("latin1") !== "little"))
		throw bad("its numbers are not little-endian");
	if (pickle.size > MAX_PICKLE_BYTES) throw bad(`its pickle has ${pickle.size} bytes; ${MAX_PICKLE_BYTES} are read`);
	const root = readPickle(zip.read(pickle), torchNames(), name).value;
	const entryOf = (storage: TorchStorage): ZipEntry => {
		const entry = zip.entries.get(`${folder}data/${storage.key}`);
		if (entry === undefined)
			throw new Failure(
				"checkpoint-tensors",
				`${name} lacks ${folder}data/${storage.key}, the weights that its pickle refers to.`,
			);
		return entry;
	};
	const check = (storage: TorchStorage) => {
		const [found, expected] = [entryOf(storage).size, storage.count * ELEMENT_TYPES.get(storage.dtype)!.bytes];
		if (found !== expected)
			throw bad(`${folder}data/${storage.key} has ${found} bytes, but its pickle expects ${expected}`);
	};
	return torchTensorFile({
		name,
		root,
		check,
		read: (storage, begin, end) => zip.read(entryOf(storage), begin, end),
		close: () => source.close(),
	});
}

/** PyTorch writes one folder into the archive, named after the file. */
function findPickle(zip: ZipArchive, bad: (what: string) => Failure): ZipEntry {
	const found = [...zip.entries.values()].filter(({ name }) => /^([^/]+\/)?data\.pkl$/.test(name));
	if (found.length > 1) throw bad("the ZIP archive holds several data.pkl");
	if (found[0] === undefined) throw bad("the ZIP archive has no data.pkl: it is not a PyTorch checkpoint");
	return found[0];
}
