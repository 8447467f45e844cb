/** Reads and checks a person's file of names (CSV or JSON). */
import Papa from "papaparse";
import * as z from "zod/mini";
import { Failure } from "../../core/failure.ts";
import { type GazetteerName, MAX_NAMES } from "../request.ts";

/** Longest file in UTF-16 units. */
export const MAX_GAZETTEER_LENGTH = 8_000_000;
const LONGEST_NAME = 200;
const LONGEST_LINK = 2_000;

const field = z.optional(z.nullable(z.string()));
const NamesSchema = z.array(z.union([z.string(), z.object({ name: z.string(), type: field, link: field })]));

/**
 * Reads a gazetteer. JSON: a list of names, or of `{name, type?, link?}`. Else CSV: a heading line with `name` and
 * optionally `type` and `link`, or no heading and these columns in this order.
 * @throws Failure `usage` naming what is wrong
 */
export function parseGazetteer(content: string): GazetteerName[] {
	if (content.length > MAX_GAZETTEER_LENGTH)
		throw new Failure("usage", "The list of names has more than 8 million characters.");
	const clean = content.replace(/^\uFEFF/, "");
	const rows = /^\s*\[/.test(clean) ? readJson(clean) : readCsv(clean);
	const names = rows.flatMap((row, i) => {
		const name = row.name.trim();
		if (name === "") return [];
		if (name.length > LONGEST_NAME)
			throw new Failure("usage", `Entry ${i + 1} of the list of names is longer than ${LONGEST_NAME} characters.`);
		const link = row.link?.trim() || null;
		return [{ name, type: row.type?.trim() || null, link: link !== null && link.length > LONGEST_LINK ? null : link }];
	});
	if (names.length === 0) throw new Failure("usage", "The list of names is empty.");
	if (names.length > MAX_NAMES)
		throw new Failure("usage", `The list has ${names.length} names; the limit is ${MAX_NAMES}.`);
	return names;
}

interface Row {
	readonly name: string;
	readonly type?: string | null | undefined;
	readonly link?: string | null | undefined;
}

function readJson(content: string): Row[] {
	let json: unknown;
	try {
		json = JSON.parse(content);
	} catch (cause) {
		throw new Failure("usage", "The list of names looks like JSON, but is not valid JSON.", { cause });
	}
	const parsed = NamesSchema.safeParse(json);
	if (!parsed.success) {
		const at = Number(parsed.error.issues[0]?.path[0] ?? 0) + 1;
		throw new Failure("usage", `Entry ${at} of the list of names: expected a name, or {name, type, link}.`);
	}
	return parsed.data.map((entry) => (typeof entry === "string" ? { name: entry } : entry));
}

function readCsv(content: string): Row[] {
	const { data } = Papa.parse<string[]>(content, { skipEmptyLines: "greedy", delimitersToGuess: [",", "\t", ";"] });
	const [head = [], ...rest] = data;
	const heading = head.map((cell) => cell.trim().toLowerCase());
	const titled = heading.includes("name");
	const columns = titled
		? { name: heading.indexOf("name"), type: heading.indexOf("type"), link: heading.indexOf("link") }
		: { name: 0, type: 1, link: 2 };
	return (titled ? rest : data).map((cells) => ({
		name: cells[columns.name] ?? "",
		type: cells[columns.type],
		link: cells[columns.link],
	}));
}
