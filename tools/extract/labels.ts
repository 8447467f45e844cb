/** Goes in: the value of --labels, or a JSON file. Comes out: label lists for a request; what stands in them is checked by the engine. */
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { Failure } from "../../src/core/failure.ts";
import type { Labels } from "../../src/tasks/types.ts";

const LISTS = { entity: "entityTypes", relation: "relationTypes", event: "eventTypes" } as const;
const FILE_LIMIT = 1 << 20;

export const LABELS_HELP = `entity=person,place;relation=member of,peer;event=attack;role:attack=attacker,target
              or a .json file: {"entityTypes":[…],"relationTypes":[…],"eventTypes":[…],"argumentRoles":{"attack":[…]}}`;

/** @throws Failure `usage` for what is not understood, `input-unreadable` for a file that cannot be read */
export function parseLabels(value: string): Labels {
	return value.toLowerCase().endsWith(".json") ? readLabels(value) : splitLabels(value);
}

function splitLabels(value: string): Labels {
	const lists: Record<string, string[]> = {};
	const argumentRoles: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
	for (const part of value.split(";")) {
		if (part.trim() === "") continue;
		const equals = part.indexOf("=");
		const key = part.slice(0, Math.max(0, equals)).trim();
		const [target, name] = key.startsWith("role:")
			? [argumentRoles, key.slice("role:".length).trim()]
			: [lists, Object.hasOwn(LISTS, key) ? LISTS[key as keyof typeof LISTS] : ""];
		if (equals < 0 || name === "") throw new Failure("usage", `--labels: "${part.trim()}" is no entity=…, relation=…, event=… or role:EVENT=….`);
		if (Object.hasOwn(target, name)) throw new Failure("usage", `--labels has ${key} twice.`);
		target[name] = part
			.slice(equals + 1)
			.split(",")
			.map((label) => label.trim());
	}
	return { ...lists, ...(Object.keys(argumentRoles).length === 0 ? {} : { argumentRoles: { ...argumentRoles } }) };
}

function readLabels(path: string): Labels {
	let json: unknown;
	try {
		json = JSON.parse(readSmall(path));
	} catch (cause) {
		throw cause instanceof Failure ? cause : new Failure("input-unreadable", `${path} cannot be read as JSON.`, { cause });
	}
	const known = [...Object.values(LISTS), "argumentRoles"];
	if (typeof json !== "object" || json === null || Array.isArray(json)) throw new Failure("usage", `${path}: expected an object of label lists.`);
	const strange = Object.keys(json).find((key) => !known.includes(key));
	if (strange !== undefined) throw new Failure("usage", `${path}: expected ${known.join(", ")}, found "${strange}".`);
	return json;
}

function readSmall(path: string): string {
	const fd = openSync(path, "r");
	try {
		if (fstatSync(fd).size > FILE_LIMIT) throw new Failure("input-unreadable", `${path} is longer than 1 MiB.`);
		return readFileSync(fd, "utf8");
	} finally {
		closeSync(fd);
	}
}
