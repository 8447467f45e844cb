/** A dialog with the result of one post, or the reason why it has none. */
import { useEffect, useRef, useState } from "react";
import { t } from "../../messages/app.ts";
import { ResultView } from "../../ui/result-view.tsx";
import type { ManyCalls } from "./use-many.ts";

type Loaded = Awaited<ReturnType<ManyCalls["outcome"]>>;

interface ManyDetailProps {
	readonly place: number;
	readonly calls: ManyCalls;
	readonly onStep: (by: number) => void;
	readonly onClose: () => void;
}

/** An address for a picture, while it is shown. */
function useBlobUrl(blob: Blob | null): string | null {
	const [url, setUrl] = useState<string | null>(null);
	useEffect(() => {
		if (!blob) return setUrl(null);
		const made = URL.createObjectURL(blob);
		setUrl(made);
		return () => URL.revokeObjectURL(made);
	}, [blob]);
	return url;
}

/** A post with its outcome, read from the store when its place changes. */
function useEntry(place: number, calls: ManyCalls): { readonly entry: Loaded; readonly loaded: boolean } {
	const [state, setState] = useState<{ readonly place: number; readonly entry: Loaded } | null>(null);
	// biome-ignore lint/correctness/useExhaustiveDependencies: the calls are new in every render but always do the same
	useEffect(() => {
		let current = true;
		calls.outcome(place).then(
			(entry) => current && setState({ place, entry }),
			() => current && setState({ place, entry: null }),
		);
		return () => {
			current = false;
		};
	}, [place]);
	const isLoaded = state?.place === place;
	return { entry: isLoaded ? state.entry : null, loaded: isLoaded };
}

export function ManyDetail({ place, calls, onStep, onClose }: ManyDetailProps) {
	const dialog = useRef<HTMLDialogElement>(null);
	const { entry, loaded } = useEntry(place, calls);
	const url = useBlobUrl(entry?.picture ?? null);
	useEffect(() => dialog.current?.showModal(), []);
	const outcome = entry?.outcome ?? null;
	return (
		<dialog
			ref={dialog}
			className="many-detail"
			aria-label={t("many.post", { number: place + 1 })}
			onClose={onClose}
			onKeyDown={(event) => {
				if (!event.altKey) return;
				if (event.key === "ArrowUp") onStep(-1);
				else if (event.key === "ArrowDown") onStep(1);
			}}
		>
			<div className="many-detail-head">
				<strong>{t("many.post", { number: place + 1 })}</strong>
				<span className="row">
					<button type="button" className="button small" onClick={() => onStep(-1)}>
						{t("many.previous")} <kbd>Alt ↑</kbd>
					</button>
					<button type="button" className="button small" onClick={() => onStep(1)}>
						{t("many.next")} <kbd>Alt ↓</kbd>
					</button>
					<button type="button" className="button small" onClick={() => dialog.current?.close()}>
						{t("many.close")} <kbd>Esc</kbd>
					</button>
				</span>
			</div>
			{outcome?.status === "done" ? (
				<ResultView key={place} result={outcome.result} pictureUrl={url} />
			) : (
				<>
					{outcome?.status === "failed" && (
						<p className="note">
							{outcome.failure.what} {outcome.failure.remedy}
						</p>
					)}
					{loaded && !outcome && <p className="note">{t("many.notYet")}</p>}
					<p className="many-text" dir="auto">
						{entry?.text}
					</p>
				</>
			)}
		</dialog>
	);
}
