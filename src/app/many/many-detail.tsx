/** Goes in: the place of a post. Comes out: a dialog with its result, or why there is none. */
import { useEffect, useRef, useState } from "react";
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

export function ManyDetail({ place, calls, onStep, onClose }: ManyDetailProps) {
	const dialog = useRef<HTMLDialogElement>(null);
	const [loaded, setLoaded] = useState<{ readonly place: number; readonly entry: Loaded } | null>(null);
	const url = useBlobUrl(loaded?.entry?.picture ?? null);
	useEffect(() => dialog.current?.showModal(), []);
	// biome-ignore lint/correctness/useExhaustiveDependencies: the calls are new at every drawing and always mean the same
	useEffect(() => {
		let current = true;
		calls.outcome(place).then(
			(entry) => current && setLoaded({ place, entry }),
			() => current && setLoaded({ place, entry: null }),
		);
		return () => {
			current = false;
		};
	}, [place]);
	const entry = loaded?.place === place ? loaded.entry : null;
	const outcome = entry?.outcome ?? null;
	return (
		<dialog
			ref={dialog}
			className="many-detail"
			aria-label={`Post ${place + 1}`}
			onClose={onClose}
			onKeyDown={(event) => {
				if (!event.altKey) return;
				if (event.key === "ArrowUp") onStep(-1);
				else if (event.key === "ArrowDown") onStep(1);
			}}
		>
			<div className="many-detail-head">
				<strong>Post {place + 1}</strong>
				<span className="row">
					<button type="button" className="button small" onClick={() => onStep(-1)}>
						Previous <kbd>Alt ↑</kbd>
					</button>
					<button type="button" className="button small" onClick={() => onStep(1)}>
						Next <kbd>Alt ↓</kbd>
					</button>
					<button type="button" className="button small" onClick={() => dialog.current?.close()}>
						Close <kbd>Esc</kbd>
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
					{loaded?.place === place && !outcome && <p className="note">Not extracted yet.</p>}
					<p className="many-text" dir="auto">
						{entry?.text}
					</p>
				</>
			)}
		</dialog>
	);
}
