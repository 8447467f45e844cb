/**
 * Writes ResultSchema to src/core/result.schema.json. Run it after changing src/core/result.ts: `npx tsx
 * tools/scripts/schema/write-result-schema.ts`.
 */
import { writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import * as z from "zod/mini";
import { ResultSchema } from "../../../src/core/result.ts";

export const SCHEMA_FILE = new URL("../../../src/core/result.schema.json", import.meta.url);

/** The JSON Schema (draft 2020-12) of an extraction result, as the file holds it. */
export function resultSchemaText(): string {
	const { $schema, ...rest } = z.toJSONSchema(ResultSchema);
	return `${JSON.stringify({ $schema, title: "umie-web extraction result", ...rest }, null, "\t")}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await writeFile(SCHEMA_FILE, resultSchemaText());
