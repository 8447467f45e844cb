/** Reads and stores the person's settings. They are always complete: a field that is broken takes its default. */
import * as z from "zod/mini";
import { DEVICE_CHOICES } from "../../core/devices.ts";
import type { AllowedTypes } from "../../core/sensitive.ts";
import { checkLabelLists } from "../../tasks/labels.ts";
import {
	type ExtractRequest,
	type Labels,
	LabelsSchema,
	REQUEST_DEFAULTS,
	REQUEST_OPTIONS,
} from "../../tasks/request.ts";
import { api } from "./api.ts";

/** The label lists that a person can edit here. */
const LabelEditsSchema = z.pick(LabelsSchema, { entityTypes: true, relationTypes: true, eventTypes: true });
export type LabelList = keyof z.output<typeof LabelEditsSchema>;
export const LABEL_LISTS = Object.keys(LabelEditsSchema.shape) as readonly LabelList[];

const FIELDS = {
	/** Sites with buttons on their posts, by key of `sites.ts`. */
	sites: z.record(
		z.string(),
		z.object({ name: z.string(), origins: z.readonly(z.array(z.string())), auto: z.boolean() }),
	),
	tasks: z.readonly(z.array(z.enum(["mner", "mre", "mee"])).check(z.minLength(1))),
	/** Edited label lists; what is absent is the model's own. */
	labels: LabelEditsSchema.check(z.refine((labels) => areUsable(labels))),
	/** Show what models say about race, religion and charges, too. */
	sensitive: z.boolean(),
	/** The bundle that is part of the extension, or the one the person gave it in the options. */
	model: z.enum(["built-in", "own"]),
	device: z.enum(DEVICE_CHOICES),
	beams: REQUEST_OPTIONS.beams.schema,
} as const;

export type Settings = { readonly [Name in keyof typeof FIELDS]: Readonly<z.output<(typeof FIELDS)[Name]>> };

export const SETTINGS_DEFAULTS: Settings = {
	sites: {},
	tasks: ["mner", "mre"],
	labels: {},
	sensitive: false,
	model: "built-in",
	device: "auto",
	beams: REQUEST_DEFAULTS.beams,
};

const KEY = "settings";

function areUsable(labels: Labels): boolean {
	try {
		checkLabelLists(labels);
		return true;
	} catch {
		return false;
	}
}

/** Field by field, so that one broken field costs only itself. */
export function parseSettings(stored: unknown): Settings {
	const given = typeof stored === "object" && stored !== null ? (stored as Record<string, unknown>) : {};
	const parsed = Object.entries(FIELDS).map(([name, schema]) => {
		const read = z.safeParse(schema, given[name]);
		return [name, read.success ? read.data : SETTINGS_DEFAULTS[name as keyof Settings]];
	});
	return Object.fromEntries(parsed) as unknown as Settings;
}

export async function loadSettings(): Promise<Settings> {
	return parseSettings((await api.storage.local.get(KEY))[KEY]);
}

/** Changes fields; the others stay as they are stored now. */
export async function changeSettings(change: (before: Settings) => Partial<Settings>): Promise<Settings> {
	// Two changes at once, even of two pages, must not undo each other.
	return navigator.locks.request("umie-settings", async () => {
		const before = await loadSettings();
		const after = parseSettings({ ...before, ...change(before) });
		await api.storage.local.set({ [KEY]: after });
		return after;
	});
}

/** The sensitive types that are shown: those of the person's own lists, or all that the person asked for. */
export function allowedTypes({ sensitive, labels }: Settings): AllowedTypes {
	return sensitive ? "all" : [...(labels.relationTypes ?? []), ...(labels.eventTypes ?? [])];
}

/** What the engine is asked. */
export function requestOf({ tasks, labels, beams }: Settings): ExtractRequest {
	return { tasks, labels, beams };
}
