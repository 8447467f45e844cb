/** The fields of a post: its picture, its text, and samples to try. */
import { type Dispatch, type ReactNode, useId, useRef, useState } from "react";
import { t } from "../../messages/app.ts";
import { byteCount } from "../../ui/format.ts";
import { Icon } from "../../ui/icons.tsx";
import { usePictureUrl } from "../state/hooks.ts";
import type { Action, Picture, PostDraft } from "../state/state.ts";
import { SAMPLES, type Sample } from "./samples.ts";

interface PostPanelProps {
	readonly post: PostDraft;
	/** The problem that the last run had with the text. */
	readonly textProblem: string | null;
	readonly dispatch: Dispatch<Action>;
	readonly onFiles: (files: readonly File[]) => void;
	readonly onSample: (sample: Sample) => void;
	/** Parts that belong to the text: pictures of its steps, a form. */
	readonly below: ReactNode;
	/** The button that starts the extraction. */
	readonly children: ReactNode;
}

function Preview({
	picture,
	onRemove,
	onReplace,
}: {
	readonly picture: Picture;
	readonly onRemove: () => void;
	readonly onReplace: () => void;
}) {
	const url = usePictureUrl(picture);
	const [broken, setBroken] = useState<string | null>(null);
	return (
		<figure className="preview">
			{url && broken !== url && <img src={url} alt={t("picture.chosen")} onError={() => setBroken(url)} />}
			{url && broken === url && (
				<p className="preview-broken">
					<Icon name="warning" /> {t("picture.noPreview")}
				</p>
			)}
			<figcaption>
				<span className="preview-name" title={picture.name}>
					{picture.name}
				</span>
				<span className="quiet">
					{picture.frames ? t("picture.frames", { count: picture.frames.length }) : byteCount(picture.bytes.byteLength)}
				</span>
				<span className="row">
					<button type="button" className="button small" onClick={onReplace}>
						{t("picture.replace")}
					</button>
					<button type="button" className="button small" onClick={onRemove}>
						{t("picture.remove")}
					</button>
				</span>
			</figcaption>
		</figure>
	);
}

function PictureField({
	picture,
	dispatch,
	onFiles,
}: Pick<PostPanelProps, "dispatch" | "onFiles"> & { readonly picture: Picture | null }) {
	const input = useRef<HTMLInputElement>(null);
	const pick = () => input.current?.click();
	return (
		<>
			<input
				ref={input}
				type="file"
				accept="image/*,video/*"
				className="sr-only"
				tabIndex={-1}
				aria-label={t("picture.file")}
				onChange={(event) => {
					onFiles([...(event.target.files ?? [])]);
					event.target.value = "";
				}}
			/>
			{picture ? (
				<Preview picture={picture} onReplace={pick} onRemove={() => dispatch({ type: "picture-removed" })} />
			) : (
				<button type="button" className="drop" onClick={pick}>
					<Icon name="image" />
					<span>
						<strong>{t("picture.add")}</strong>
						<span className="quiet">{t("picture.how")}</span>
					</span>
				</button>
			)}
		</>
	);
}

function Samples({ onSample }: Pick<PostPanelProps, "onSample">) {
	return (
		<div className="samples">
			<span className="quiet">{t("samples.try")}</span>
			{SAMPLES.map((sample) => (
				<button key={sample.name} type="button" className="button small" onClick={() => onSample(sample)}>
					{t(`samples.${sample.name}`)}
				</button>
			))}
		</div>
	);
}

export function PostPanel({ post, textProblem, dispatch, onFiles, onSample, below, children }: PostPanelProps) {
	const id = useId();
	return (
		<section className="card post" aria-labelledby={`${id}-title`}>
			<div className="card-head">
				<h2 id={`${id}-title`}>{t("post.title")}</h2>
				{(post.text !== "" || post.picture) && (
					<button
						type="button"
						className="button quiet-button small"
						onClick={() => dispatch({ type: "post-cleared" })}
					>
						{t("post.clear")}
					</button>
				)}
			</div>
			<PictureField picture={post.picture} dispatch={dispatch} onFiles={onFiles} />
			<label htmlFor={`${id}-text`} className="field-label">
				{t("post.text")}
			</label>
			<textarea
				id={`${id}-text`}
				data-post-text=""
				rows={4}
				dir="auto"
				spellCheck={false}
				placeholder={t("post.placeholder")}
				value={post.text}
				readOnly={post.layout !== undefined}
				aria-invalid={textProblem !== null}
				aria-describedby={textProblem !== null ? `${id}-problem` : post.layout ? `${id}-form` : undefined}
				onChange={(event) => dispatch({ type: "text", text: event.target.value })}
			/>
			{post.layout && (
				<p id={`${id}-form`} className="quiet small">
					{t("post.isForm")}
				</p>
			)}
			{textProblem !== null && (
				<p id={`${id}-problem`} className="problem">
					{textProblem}
				</p>
			)}
			{below}
			{children}
			<Samples onSample={onSample} />
		</section>
	);
}
