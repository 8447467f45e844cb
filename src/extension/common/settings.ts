/** Goes in: what the browser stored. Comes out: the person's settings, always complete; what is broken falls back to its default. */

import * as z from "zod/mini";
import { DEVICE_CHOICES, type DeviceChoice } from "../../core/devices.ts";
import { checkLabels } from "../../tasks/labels.ts";
import type { ExtractRequest, Labels, RequestableTask } from "../../tasks/types.ts";
import { api } from "./api.ts";

export const LABEL_LISTS = ["entityTypes", "relationTypes", "eventTypes"] as const;
export type LabelList = (typeof LABEL_LISTS)[number];

const labelList = z.array(z.string()).check(
	z.maxLength(200),
	z.refine((list) => isUsable(list)),
);

const FIELDS = {
	/** Sites with buttons on their posts, by key of `sites.ts`. */
	sites: z.record(z.string(), z.object({ name: z.string(), origins: z.array(z.string()), auto: z.boolean() })),
	tasks: z.array(z.enum(["mner", "mre", "mee"])).check(z.minLength(1)),
	/** Edited label lists; what is absent is the model's own. */
	labels: z.object({
		entityTypes: z.optional(labelList),
		relationTypes: z.optional(labelList),
		eventTypes: z.optional(labelList),
	}),
	/** The bundle that is part of the extension, or the one the person gave it in the options. */
	model: z.enum(["built-in", "own"]),
	device: z.enum(DEVICE_CHOICES),
	beams: z.int().check(z.gte(1), z.lte(16)),
} as const;

export type SiteSettings = { readonly name: string; readonly origins: readonly string[]; readonly auto: boolean };
export interface Settings {
	readonly sites: Readonly<Record<string, SiteSettings>>;
	readonly tasks: readonly RequestableTask[];
	readonly labels: Labels;
	readonly model: "built-in" | "own";
	readonly device: DeviceChoice;
	readonly beams: number;
}

export const SETTINGS_DEFAULTS: Settings = {
	sites: {},
	tasks: ["mner", "mre"],
	labels: {},
	model: "built-in",
	device: "auto",
	beams: 4,
};

const KEY = "settings";

function isUsable(labels: readonly string[]): boolean {
	try {
		checkLabels(labels, "labels");
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

/** What the engine is asked for. */
export function requestOf({ tasks, labels, beams }: Settings): ExtractRequest {
	return { tasks, labels, beams };
}
