/** Reads the label lists of a request from --labels or a JSON file. The engine checks the labels themselves. */
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { Failure } from "../../../src/core/failure.ts";
import type { Labels } from "../../../src/tasks/request.ts";
import { unreadable } from "../../node/files/unreadable.ts";

const LISTS = {
	entity: "entityTypes",
	relation: "relationTypes",
	event: "eventTypes",
	object: "objectRelationTypes",
} as const;
/** `role:attack=…`, `fine:person=…`: lists by a name. */
const GROUPS = { role: "argumentRoles", fine: "fineTypes" } as const;
const MAX_FILE_BYTES = 1 << 20;

/** What `--labels` accepts, for `--help`; lines after the first are indented. */
export const LABELS_HELP = `entity=person,place;relation=member of,peer;event=attack;
                      role:attack=attacker,target;object=self,member of;fine:person=athlete,politician
                      or a .json file: {"entityTypes":[…],"relationTypes":[…],"eventTypes":[…],
                      "argumentRoles":{"attack":[…]},"objectRelationTypes":[…],"fineTypes":{"person":[…]}}`;

/** @throws Failure `usage` when the value cannot be understood, `input-unreadable` when the file cannot be read */
export function parseLabels(value: string): Labels {
	return value.toLowerCase().endsWith(".json") ? readLabels(value) : splitLabels(value);
}

function splitLabels(value: string): Labels {
	const lists: Record<string, string[]> = {};
	const emptyGroup = () => Object.create(null) as Record<string, string[]>;
	const groups = { argumentRoles: emptyGroup(), fineTypes: emptyGroup() };
	for (const part of value.split(";")) {
		if (part.trim() === "") continue;
		const equals = part.indexOf("=");
		const key = part.slice(0, Math.max(0, equals)).trim();
		const [prefix = "", group] = /^(\w+):(.*)$/s.exec(key)?.slice(1) ?? [];
		const [target, name] =
			group !== undefined && Object.hasOwn(GROUPS, prefix)
				? [groups[GROUPS[prefix as keyof typeof GROUPS]], group.trim()]
				: [lists, Object.hasOwn(LISTS, key) ? LISTS[key as keyof typeof LISTS] : ""];
		if (equals < 0 || name === "")
			throw new Failure(
				"usage",
				`--labels: "${part.trim()}" is not of the form ` +
					"entity=…, relation=…, event=…, object=…, role:EVENT=… or fine:TYPE=….",
			);
		if (Object.hasOwn(target, name)) throw new Failure("usage", `--labels has ${key} twice.`);
		target[name] = part
			.slice(equals + 1)
			.split(",")
			.map((label) => label.trim());
	}
	const given = Object.entries(groups).filter(([, group]) => Object.keys(group).length > 0);
	return { ...lists, ...Object.fromEntries(given.map(([name, group]) => [name, { ...group }])) };
}

function readLabels(path: string): Labels {
	let json: unknown;
	try {
		json = JSON.parse(readSmall(path));
	} catch (cause) {
		throw cause instanceof Failure
			? cause
			: new Failure("input-unreadable", `${path} cannot be read as JSON.`, { cause });
	}
	const known: string[] = [...Object.values(LISTS), ...Object.values(GROUPS)];
	if (typeof json !== "object" || json === null || Array.isArray(json))
		throw new Failure("usage", `${path}: expected an object of label lists.`);
	const strange = Object.keys(json).find((key) => !known.includes(key));
	if (strange !== undefined) throw new Failure("usage", `${path}: expected ${known.join(", ")}, found "${strange}".`);
	return json;
}

/** A text file of at most `limit` bytes. @throws Failure `input-unreadable` */
export function readSmall(path: string, limit = MAX_FILE_BYTES): string {
	let fd: number;
	try {
		fd = openSync(path, "r");
	} catch (cause) {
		throw unreadable(path, cause);
	}
	try {
		if (fstatSync(fd).size > limit) throw new Failure("input-unreadable", `${path} is larger than ${limit >> 20} MiB.`);
		return readFileSync(fd, "utf8");
	} finally {
		closeSync(fd);
	}
}
