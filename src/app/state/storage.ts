/**
 * Keeps settings, pictures and the last result in the browser over a reload. Never throws: what cannot be kept is
 * forgotten.
 */
import { parseParts, parseSettings, parseShown } from "./settings.ts";
import type { Picture, PostParts, Settings, Shown } from "./state.ts";

/** Where localStorage holds the settings, as JSON. */
export const SETTINGS_KEY = "umie-web/1";
const DATABASE = "umie-web";
const STORE = "post";

export function loadSettings(): Settings {
	try {
		return parseSettings(JSON.parse(localStorage.getItem(SETTINGS_KEY) ?? "null"));
	} catch {
		return parseSettings(null);
	}
}

/** @returns whether it was kept */
export function saveSettings(settings: Settings): boolean {
	try {
		localStorage.setItem(SETTINGS_KEY, JSON.stringify(settings));
		return true;
	} catch {
		return false;
	}
}

/** Whether the browser keeps anything at all for the page. */
export function keepsAnything(): boolean {
	const probe = `${SETTINGS_KEY}/probe`;
	try {
		localStorage.setItem(probe, "");
		localStorage.removeItem(probe);
		return true;
	} catch {
		return false;
	}
}

function database(): Promise<IDBDatabase> {
	return new Promise((resolve, reject) => {
		const request = indexedDB.open(DATABASE, 1);
		request.onupgradeneeded = () => request.result.createObjectStore(STORE);
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
		request.onblocked = () => reject(new Error("blocked"));
	});
}

/** Runs one request on the store and waits for it. */
async function withStore<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
	const db = await database();
	try {
		return await new Promise((resolve, reject) => {
			const request = work(db.transaction(STORE, mode).objectStore(STORE));
			request.onsuccess = () => resolve(request.result);
			request.onerror = () => reject(request.error);
		});
	} finally {
		db.close();
	}
}

export async function loadPicture(): Promise<Picture | null> {
	try {
		const stored: unknown = await withStore("readonly", (store) => store.get("picture"));
		if (typeof stored !== "object" || stored === null || !("name" in stored) || !("bytes" in stored)) return null;
		const { name, bytes } = stored;
		return typeof name === "string" && bytes instanceof ArrayBuffer ? { name, bytes: new Uint8Array(bytes) } : null;
	} catch {
		return null;
	}
}

/** @returns whether it was kept (or forgotten, for null) */
export async function savePicture(picture: Picture | null): Promise<boolean> {
	try {
		if (picture) await withStore("readwrite", (store) => store.put(keptPicture(picture), "picture"));
		else await withStore("readwrite", (store) => store.delete("picture"));
		return true;
	} catch {
		return false;
	}
}

const keptPicture = (picture: Picture | null) => picture && { name: picture.name, bytes: picture.bytes.slice().buffer };

/** Pictures of steps and a form, as they were kept. */
export async function loadParts(): Promise<PostParts> {
	try {
		const stored: unknown = await withStore("readonly", (store) => store.get("parts"));
		return parseParts(stored);
	} catch {
		return {};
	}
}

/** @returns whether they were kept (or forgotten, where there are none) */
export async function saveParts({ stepPictures, layout }: PostParts): Promise<boolean> {
	try {
		const kept = { ...(stepPictures && { stepPictures: stepPictures.map(keptPicture) }), ...(layout && { layout }) };
		if (Object.keys(kept).length > 0) await withStore("readwrite", (store) => store.put(kept, "parts"));
		else await withStore("readwrite", (store) => store.delete("parts"));
		return true;
	} catch {
		return false;
	}
}

/** The last result with its picture, as it was kept. */
export async function loadShown(): Promise<Omit<Shown, "job"> | null> {
	try {
		const stored: unknown = await withStore("readonly", (store) => store.get("shown"));
		return parseShown(stored);
	} catch {
		return null;
	}
}

/** @returns whether it was kept (or forgotten, for null) */
export async function saveShown(shown: Shown | null): Promise<boolean> {
	try {
		if (shown) {
			const { result, picture, stepPictures, undone, stored } = shown;
			const kept = {
				result,
				undone,
				picture: keptPicture(picture),
				...(stepPictures && { stepPictures: stepPictures.map(keptPicture) }),
				...(stored && { stored }),
			};
			await withStore("readwrite", (store) => store.put(kept, "shown"));
		} else await withStore("readwrite", (store) => store.delete("shown"));
		return true;
	} catch {
		return false;
	}
}

const AUTHOR_KEY = "umie-web/author";

/** The name that goes with corrections; "person" until somebody says another. */
export function loadAuthor(): string {
	try {
		return localStorage.getItem(AUTHOR_KEY)?.slice(0, 100) || "person";
	} catch {
		return "person";
	}
}

/** A name that cannot be kept still holds for this visit. */
export function saveAuthor(name: string): void {
	try {
		localStorage.setItem(AUTHOR_KEY, name);
	} catch {
		// Nothing to say: the page already says that it cannot keep things.
	}
}

export type Theme = "auto" | "light" | "dark";
const THEME_KEY = "umie-web/theme";

export function loadTheme(): Theme {
	try {
		const stored = localStorage.getItem(THEME_KEY);
		return stored === "light" || stored === "dark" ? stored : "auto";
	} catch {
		return "auto";
	}
}

/** A theme that cannot be kept still holds for this visit. */
export function saveTheme(theme: Theme): void {
	try {
		localStorage.setItem(THEME_KEY, theme);
	} catch {
		// Nothing to say: the page already says that it cannot keep things.
	}
}
