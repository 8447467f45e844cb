/** The list of steps in which each can have a picture, to be moved by keys or by pointer, and removed. */
import { type Dispatch, type KeyboardEvent, type PointerEvent, useId, useRef, useState } from "react";
import { t } from "../../messages/app.ts";
import { Icon } from "../../ui/icons.tsx";
import { usePictureUrl } from "../state/hooks.ts";
import type { Action, Picture, PostDraft } from "../state/state.ts";
import { moved, NO_STEP_PICTURES, removed, type StepPictures, stepTexts } from "./step-pictures.ts";
import { rowAt } from "./step-rows.ts";

interface StepsPanelProps {
	readonly post: PostDraft;
	readonly dispatch: Dispatch<Action>;
	/** Picked or dropped files, for one step or for the steps without a picture. */
	readonly onFiles: (files: readonly File[], step?: number) => void;
}

const KEYS: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };

interface ThumbnailProps {
	readonly picture: Picture;
	readonly place: number;
	readonly onMove: (to: number) => void;
	readonly onOver: (place: number | null) => void;
	readonly onRemove: () => void;
}

/** A picture that can be dragged to another step. */
function Thumbnail({ picture, place, onMove, onOver, onRemove }: ThumbnailProps) {
	const url = usePictureUrl(picture);
	const held = useRef(false);
	const under = ({ clientX, clientY }: PointerEvent) => rowAt(document.elementFromPoint(clientX, clientY));
	const onKeyDown = (event: KeyboardEvent) => {
		const by = KEYS[event.key];
		if (by !== undefined) onMove(place + by);
		else if (event.key === "Delete" || event.key === "Backspace") onRemove();
		else return;
		event.preventDefault();
	};
	return (
		<button
			type="button"
			className="step-picture"
			data-step-picture={place}
			aria-label={`${t("steps.pictureOf", { step: place + 1, name: picture.name })} ${t("steps.help")}`}
			title={picture.name}
			onKeyDown={onKeyDown}
			onPointerDown={(event) => {
				held.current = true;
				event.currentTarget.setPointerCapture(event.pointerId);
			}}
			onPointerMove={(event) => held.current && onOver(under(event))}
			onPointerUp={(event) => {
				const to = held.current ? under(event) : null;
				held.current = false;
				onOver(null);
				if (to !== null) onMove(to);
			}}
			onPointerCancel={() => {
				held.current = false;
				onOver(null);
			}}
		>
			{url ? <img src={url} alt="" draggable={false} /> : <Icon name="image" />}
		</button>
	);
}

interface RowProps extends Pick<StepsPanelProps, "onFiles"> {
	readonly place: number;
	/** Null: the picture has no step yet. */
	readonly text: string | null;
	readonly pictures: StepPictures;
	readonly isOver: boolean;
	readonly onMove: (to: number) => void;
	readonly onOver: (place: number | null) => void;
	readonly onRemove: () => void;
}

function Row({ place, text, pictures, isOver, onMove, onOver, onRemove, onFiles }: RowProps) {
	const input = useRef<HTMLInputElement>(null);
	const picture = pictures[place] ?? null;
	const step = place + 1;
	return (
		<li className={isOver ? "step-row is-over" : "step-row"} data-step-row={place} value={place + 1}>
			<input
				ref={input}
				type="file"
				accept="image/*"
				multiple
				className="sr-only"
				tabIndex={-1}
				aria-label={t("steps.file", { step })}
				onChange={({ target }) => {
					onFiles([...(target.files ?? [])], place);
					target.value = "";
				}}
			/>
			<span className="step-number" aria-hidden="true">
				{place + 1}
			</span>
			<span className={text === null ? "step-text quiet" : "step-text"} dir="auto">
				{text ?? t("steps.noStep")}
			</span>
			{picture ? (
				<>
					<Thumbnail picture={picture} place={place} onMove={onMove} onOver={onOver} onRemove={onRemove} />
					<button
						type="button"
						className="icon-button small"
						aria-label={t("steps.removePicture", { step })}
						onClick={onRemove}
					>
						<Icon name="close" />
					</button>
				</>
			) : (
				<button
					type="button"
					className="step-picture is-empty"
					aria-label={t("steps.addPicture", { step })}
					onClick={() => input.current?.click()}
				>
					<Icon name="image" />
				</button>
			)}
		</li>
	);
}

/** Adds several pictures at once, to the steps that have none yet. */
function AddPictures({ onFiles }: Pick<StepsPanelProps, "onFiles">) {
	const input = useRef<HTMLInputElement>(null);
	return (
		<>
			<button type="button" className="button small" onClick={() => input.current?.click()}>
				<Icon name="image" /> {t("steps.addPictures")}
			</button>
			<input
				ref={input}
				type="file"
				accept="image/*"
				multiple
				className="sr-only"
				tabIndex={-1}
				aria-label={t("steps.files")}
				onChange={({ target }) => {
					onFiles([...(target.files ?? [])]);
					target.value = "";
				}}
			/>
		</>
	);
}

export function StepsPanel({ post, dispatch, onFiles }: StepsPanelProps) {
	const id = useId();
	const list = useRef<HTMLOListElement>(null);
	const [over, setOver] = useState<number | null>(null);
	const [announced, setAnnounced] = useState("");
	const { text, stepPictures = NO_STEP_PICTURES } = post;
	const steps = stepTexts(text);
	const places = Math.max(steps.length, stepPictures.length);
	const move = (from: number, to: number) => {
		if (from === to || to < 0 || to >= places) return;
		dispatch({ type: "step-pictures", pictures: moved(stepPictures, from, to) });
		setAnnounced(t("steps.moved", { step: to + 1 }));
		// Keys go on moving the same picture.
		requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-step-picture="${to}"]`)?.focus());
	};
	const remove = (place: number) =>
		dispatch({
			type: "step-pictures",
			pictures: removed(stepPictures, place),
			undoText: t("steps.removed", { step: place + 1 }),
		});
	return (
		<section className="step-pictures" aria-labelledby={`${id}-title`}>
			<div className="card-head">
				<h3 id={`${id}-title`}>{t("steps.title")}</h3>
				<AddPictures onFiles={onFiles} />
			</div>
			<p className="quiet small">
				{t("steps.how")}
				{stepPictures.length > 0 && post.picture && ` ${t("steps.noPostPicture")}`}
			</p>
			{places === 0 ? (
				<p className="quiet small">{t("steps.empty")}</p>
			) : (
				<ol className="step-list" ref={list}>
					{Array.from({ length: places }, (_, place) => (
						<Row
							// biome-ignore lint/suspicious/noArrayIndexKey: a row is its place; what stands in it moves
							key={place}
							place={place}
							text={steps[place]?.text.trim() ?? null}
							pictures={stepPictures}
							isOver={over === place}
							onMove={(to) => move(place, to)}
							onOver={setOver}
							onRemove={() => remove(place)}
							onFiles={onFiles}
						/>
					))}
				</ol>
			)}
			<p className="sr-only" role="status">
				{announced}
			</p>
		</section>
	);
}
