/** Registers the content script for the sites that the person switched on and the browser allows. */
import { api, type ContentScript } from "../common/api.ts";
import type { Settings } from "../common/settings.ts";

/** Built from `src/extension/content`. */
export const CONTENT_FILE = "content.js";
const ID = "posts";

/** @param allowed match patterns that the person granted */
export function scriptsFor({ sites }: Pick<Settings, "sites">, allowed: ReadonlySet<string>): ContentScript[] {
	const matches = [...new Set(Object.values(sites).flatMap(({ origins }) => origins))].filter((origin) =>
		allowed.has(origin),
	);
	return matches.length === 0 ? [] : [{ id: ID, matches, js: [CONTENT_FILE], runAt: "document_idle" }];
}

async function allowedOrigins({ sites }: Settings): Promise<Set<string>> {
	const wanted = Object.values(sites).flatMap(({ origins }) => origins);
	const answers = await Promise.all(
		wanted.map(async (origin) => ({ origin, granted: await api.permissions.contains({ origins: [origin] }) })),
	);
	return new Set(answers.filter(({ granted }) => granted).map(({ origin }) => origin));
}

export async function syncRegistrations(settings: Settings): Promise<void> {
	const before = await api.scripting.getRegisteredContentScripts();
	if (before.length > 0) await api.scripting.unregisterContentScripts({ ids: before.map(({ id }) => id) });
	await api.scripting.registerContentScripts(scriptsFor(settings, await allowedOrigins(settings)));
}
