/** Looks into records from outside without trusting them: a field that is missing or of another type is null. */
import type { JsonRecord } from "../types.ts";

export const asRecord = (value: unknown): JsonRecord | null =>
	typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonRecord) : null;

/** @param path names of fields, parted by dots */
export function fieldOf(record: JsonRecord, path: string): unknown {
	let value: unknown = record;
	for (const name of path.split(".")) {
		const inside = asRecord(value);
		if (inside === null || !Object.hasOwn(inside, name)) return null;
		value = inside[name];
	}
	return value ?? null;
}

export const recordAt = (record: JsonRecord, path: string): JsonRecord | null => asRecord(fieldOf(record, path));

const listAt = (record: JsonRecord, path: string): readonly unknown[] => {
	const value = fieldOf(record, path);
	return Array.isArray(value) ? value : [];
};

export const recordsAt = (record: JsonRecord, path: string): readonly JsonRecord[] =>
	listAt(record, path)
		.map(asRecord)
		.filter((item) => item !== null);

/** A string that says something; null: there is none. */
export function textAt(record: JsonRecord, path: string): string | null {
	const value = fieldOf(record, path);
	return typeof value === "string" && value.trim() !== "" ? value : null;
}

/** The first of several fields that is a string that says something. */
export function firstText(record: JsonRecord, paths: readonly string[]): string | null {
	for (const path of paths) {
		const text = textAt(record, path);
		if (text !== null) return text;
	}
	return null;
}

/** An id as it is; null: there is none. */
export function idAt(record: JsonRecord, paths: readonly string[]): string | number | null {
	for (const path of paths) {
		const value = fieldOf(record, path);
		if ((typeof value === "string" && value !== "") || typeof value === "number") return value;
	}
	return null;
}

/** The last part of an address or path, without its question mark and what follows. */
export const baseOf = (address: string): string =>
	address
		.replace(/[?#].*$/, "")
		.split("/")
		.at(-1) ?? "";

/** What platforms escape in plain texts. */
export const unescaped = (text: string): string =>
	text.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (_, name: string) => ENTITIES[name] ?? "");

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#x27": "'" };
