/** Checks what an office file unpacks to before a library takes it: directories lie, and libraries believe them. */
import { Failure } from "../../core/failure.ts";
import { MIB } from "../../core/limits.ts";
import type { InputFile } from "../types.ts";
import { filesInZip } from "./zip.ts";

/** @param limit bytes of all XML inside @throws Failure `import-too-large` | `input-format` */
export async function checkParts(file: InputFile, limit: number): Promise<void> {
	let total = 0;
	const tooLarge = () => new Failure("import-too-large", `${file.path} unpacks to more than ${limit / MIB} MiB.`);
	for (const part of await filesInZip(file)) {
		if (part.size > limit) throw tooLarge();
		if (!/\.(xml|rels)$/i.test(part.path)) continue;
		for await (const piece of part.stream()) {
			total += piece.length;
			if (total > limit) throw tooLarge();
		}
	}
}
