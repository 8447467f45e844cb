/** Hooks that tie the state to the browser: kept settings, addresses of pictures, the theme, pasting and dropping. */
import { type Dispatch, useEffect, useEffectEvent, useRef, useState } from "react";
import { t } from "../../messages/app.ts";
import { droppedFiles } from "../post/dropped-files.ts";
import { settingsOf } from "./settings.ts";
import type { Action, AppState, Picture } from "./state.ts";
import {
	keepsAnything,
	loadParts,
	loadPicture,
	loadShown,
	loadTheme,
	saveParts,
	savePicture,
	saveSettings,
	saveShown,
	saveTheme,
	type Theme,
} from "./storage.ts";

/** Typing is stored this long after the last key. */
const SAVE_AFTER_MS = 300;

/** Keeps text, labels and options in localStorage, the picture in IndexedDB. */
export function useKeeping(state: AppState, dispatch: Dispatch<Action>): void {
	const { post, tasks, extras, labels, thresholds, options, choice } = state;
	const pending = useRef<(() => void) | null>(null);
	// biome-ignore lint/correctness/useExhaustiveDependencies: only the parts that settings are made of
	useEffect(() => {
		const save = () => {
			pending.current = null;
			if (!saveSettings(settingsOf(state))) dispatch({ type: "notice", text: t("keep.nothing") });
		};
		pending.current = save;
		const timer = setTimeout(save, SAVE_AFTER_MS);
		return () => clearTimeout(timer);
	}, [post.text, tasks, extras, labels, thresholds, options, choice, dispatch]);
	useEffect(() => {
		const flush = () => pending.current?.();
		window.addEventListener("pagehide", flush);
		return () => window.removeEventListener("pagehide", flush);
	}, []);
	const read = useRef(false);
	useEffect(() => {
		if (read.current) return;
		Promise.all([loadPicture(), loadParts()])
			.then(([picture, parts]) => {
				read.current = true;
				if (picture) dispatch({ type: "picture-restored", picture });
				dispatch({ type: "parts-restored", ...parts });
			})
			.catch(() => undefined);
	}, [dispatch]);
	const { picture, stepPictures, layout } = post;
	useEffect(() => {
		if (!read.current) return;
		saveParts({ ...(stepPictures && { stepPictures }), ...(layout && { layout }) })
			.then((kept) => {
				if (!kept && stepPictures) dispatch({ type: "notice", text: t("keep.noPicture") });
			})
			.catch(() => undefined);
	}, [stepPictures, layout, dispatch]);
	useEffect(() => {
		if (!read.current) return;
		savePicture(picture)
			.then((kept) => {
				if (!kept && picture) dispatch({ type: "notice", text: t("keep.noPicture") });
			})
			.catch(() => undefined);
	}, [picture, dispatch]);
}

/** Keeps the finished result with its corrections, and brings it back after a reload. */
export function useKeepingResult({ shown, run }: Pick<AppState, "shown" | "run">, dispatch: Dispatch<Action>): void {
	const read = useRef(false);
	useEffect(() => {
		if (read.current) return;
		Promise.all([loadShown(), loadPicture(), loadParts()])
			.then(([kept, picture, parts]) => {
				read.current = true;
				if (picture) dispatch({ type: "picture-restored", picture });
				dispatch({ type: "parts-restored", ...parts });
				if (kept) dispatch({ type: "result-restored", ...kept });
			})
			.catch(() => undefined);
	}, [dispatch]);
	const running = run.status === "running";
	useEffect(() => {
		// Of a run that is going on, the result before it stays kept.
		if (!read.current || running) return;
		const corrected = (shown?.result.corrections?.length ?? 0) > 0 || (shown?.undone.length ?? 0) > 0;
		saveShown(shown)
			.then((kept) => {
				if (kept || !shown) return;
				const lost = keepsAnything() ? t("keep.noResult") : t("keep.nothing");
				dispatch({ type: "notice", text: corrected ? t("keep.noCorrections") : lost });
			})
			.catch(() => undefined);
	}, [shown, running, dispatch]);
}

/** An address for a picture's bytes, valid while the component lives. */
export function usePictureUrl(picture: Picture | null): string | null {
	const [url, setUrl] = useState<string | null>(null);
	useEffect(() => {
		if (!picture) {
			setUrl(null);
			return;
		}
		const type = /\.svg$/i.test(picture.name) ? { type: "image/svg+xml" } : {};
		const made = URL.createObjectURL(new Blob([picture.bytes], type));
		setUrl(made);
		return () => URL.revokeObjectURL(made);
	}, [picture]);
	return url;
}

/** Addresses for several pictures; a list of the same pictures keeps its addresses. */
export function usePictureUrls(pictures: readonly (Picture | null)[]): readonly (string | null)[] {
	const [urls, setUrls] = useState<readonly (string | null)[]>([]);
	useEffect(() => {
		const made = pictures.map((picture) => picture && URL.createObjectURL(new Blob([picture.bytes])));
		setUrls(made);
		return () => {
			for (const url of made) if (url) URL.revokeObjectURL(url);
		};
	}, [pictures]);
	return urls;
}

export function useTheme(): readonly [Theme, (theme: Theme) => void] {
	const [theme, setTheme] = useState<Theme>(loadTheme);
	useEffect(() => {
		if (theme === "auto") delete document.documentElement.dataset.theme;
		else document.documentElement.dataset.theme = theme;
		saveTheme(theme);
	}, [theme]);
	return [theme, setTheme];
}

export interface Incoming {
	/** `target` is what they were dropped on. */
	readonly onFiles: (files: readonly File[], target: EventTarget | null) => void;
	readonly onText: (text: string) => void;
}

const isEditable = (target: EventTarget | null): boolean =>
	target instanceof HTMLElement && target.closest("input, textarea, [contenteditable]") !== null;

/** Files and text dropped or pasted anywhere on the page. @returns whether something is being dragged over it */
export function useIncoming({ onFiles, onText }: Incoming): boolean {
	const [dragging, setDragging] = useState(false);
	const paste = useEffectEvent((event: ClipboardEvent) => {
		const files = [...(event.clipboardData?.files ?? [])];
		const text = event.clipboardData?.getData("text/plain") ?? "";
		// Office programs add a picture of the copied text: in a field, the text is meant.
		if (files.length > 0 && !(text !== "" && isEditable(event.target))) {
			event.preventDefault();
			onFiles(files, event.target);
		} else if (text !== "" && !isEditable(event.target)) {
			event.preventDefault();
			onText(text);
		}
	});
	const drop = useEffectEvent((event: DragEvent) => {
		setDragging(false);
		const files = event.dataTransfer?.files.length ?? 0;
		const text = event.dataTransfer?.getData("text/plain") ?? "";
		if (files === 0 && (text === "" || isEditable(event.target))) return;
		event.preventDefault();
		const { target } = event;
		if (files === 0) onText(text);
		else
			droppedFiles(event.dataTransfer!).then(
				(found) => onFiles(found, target),
				() => onFiles([], target),
			);
	});
	const over = useEffectEvent((event: DragEvent) => {
		const types = event.dataTransfer?.types ?? [];
		if (!types.includes("Files") && isEditable(event.target)) return;
		event.preventDefault();
		setDragging(types.includes("Files"));
	});
	useEffect(() => {
		const stop = new AbortController();
		const { signal } = stop;
		document.addEventListener("paste", paste, { signal });
		document.addEventListener("drop", drop, { signal });
		document.addEventListener("dragover", over, { signal });
		document.addEventListener("dragleave", (event) => event.relatedTarget === null && setDragging(false), { signal });
		return () => stop.abort();
	}, []);
	return dragging;
}
