/**
 * Lets a person choose between built-in models, an address and local files, and shows what the model says about itself.
 */
import { type Dispatch, useId, useRef, useState } from "react";
import { BUILT_IN_MODELS, type BuiltInName } from "../../bundle/built-in.ts";
import type { Manifest } from "../../bundle/manifest.ts";
import { toFailureData } from "../../core/failure.ts";
import { pieces, t } from "../../messages/app.ts";
import { byteCount } from "../../ui/format.ts";
import { rich } from "../../ui/rich.ts";
import type { Action, AppState, ModelChoice } from "../state/state.ts";
import { builtInName, builtInUrl, peekManifest } from "../state/use-engine.ts";
import { BuiltInList, useManifests } from "./built-in-list.tsx";
import { bundleFromFiles } from "./bundle-files.ts";
import { FromAddress } from "./from-address.tsx";
import { bundleBytes, languagesText } from "./model-facts.ts";
import { suggestionHere } from "./suggested-model.ts";

interface ModelPanelProps {
	readonly state: AppState;
	/** Whether the panel is unfolded: nothing is fetched for it before. */
	readonly seen: boolean;
	readonly dispatch: Dispatch<Action>;
	/** Opens the model of this state. */
	readonly onOpen: (state: AppState) => void;
}

function About({ manifest }: { readonly manifest: Manifest }) {
	const languages = languagesText(manifest);
	return (
		<div className="about">
			<p>
				{rich(
					pieces("model.about", {
						name: <strong>{manifest.name}</strong>,
						dtype: manifest.dtype,
						size: byteCount(bundleBytes(manifest)),
						license: manifest.license.replace(/\.$/, ""),
					}),
				)}{" "}
				{t(`vision.${manifest.vision}`)}
				{languages && ` ${t("model.languages", { languages })}`}
			</p>
			{manifest.description && <p className="quiet small">{manifest.description}</p>}
			{manifest.metrics.length > 0 && (
				<details>
					<summary>{t("model.quality")}</summary>
					<table>
						<thead>
							<tr>
								<th scope="col">{t("model.data")}</th>
								<th scope="col">{t("model.measure")}</th>
								<th scope="col">{t("model.value")}</th>
							</tr>
						</thead>
						<tbody>
							{manifest.metrics.map(({ dataset, split, metric, value, decoding }) => (
								<tr key={`${dataset} ${split} ${metric} ${decoding}`}>
									<th scope="row">
										{dataset}, {split}
									</th>
									<td>
										{metric} ({decoding})
									</td>
									<td>{value.toFixed(1)}</td>
								</tr>
							))}
						</tbody>
					</table>
				</details>
			)}
		</div>
	);
}

function FromFiles({
	chosen,
	onChoose,
}: {
	readonly chosen: string | null;
	readonly onChoose: (choice: ModelChoice) => void;
}) {
	const [problem, setProblem] = useState<string | null>(null);
	const choose = (files: readonly File[]) => {
		if (files.length === 0) return;
		try {
			const source = bundleFromFiles(files);
			const folder = files[0]?.webkitRelativePath.split("/")[0];
			onChoose({ kind: "files", name: folder || t("model.files", { count: files.length }), source });
			setProblem(null);
		} catch (error) {
			const { what, remedy } = toFailureData(error, "app");
			setProblem(`${what} ${remedy}`);
		}
	};
	const files = useRef<HTMLInputElement>(null);
	const folder = useRef<HTMLInputElement>(null);
	const input = (folderOnly: boolean) => (
		<input
			ref={folderOnly ? folder : files}
			type="file"
			multiple
			className="sr-only"
			tabIndex={-1}
			aria-label={folderOnly ? t("model.bundleFolder") : t("model.bundleFiles")}
			onChange={(event) => choose([...(event.target.files ?? [])])}
			{...(folderOnly ? { webkitdirectory: "" } : {})}
		/>
	);
	return (
		<div className="field">
			<div className="row">
				{input(true)}
				{input(false)}
				<button type="button" className="button" onClick={() => folder.current?.click()}>
					{t("model.chooseFolder")}
				</button>
				<button type="button" className="button" onClick={() => files.current?.click()}>
					{t("model.chooseFiles")}
				</button>
			</div>
			<p className="quiet small">{chosen ?? t("model.folder")}</p>
			{problem && (
				<p className="problem" role="alert">
					{problem}
				</p>
			)}
		</div>
	);
}

const peekBuiltIn = (name: BuiltInName, signal: AbortSignal): Promise<Manifest> =>
	peekManifest({ kind: "url", url: builtInUrl(name) }, signal);

/** The ways to choose a model, each with the message that names it. */
const KINDS = { "built-in": "model.kindBuiltIn", url: "model.kindUrl", files: "model.kindFiles" } as const;
type Kind = keyof typeof KINDS;

export function ModelPanel({ state, seen, dispatch, onOpen }: ModelPanelProps) {
	const { choice, manifest, model } = state;
	const [kind, setKind] = useState<Kind>(choice.kind);
	const name = useId();
	const suggestion = suggestionHere();
	// Back from an address or files, the built-in model is the one that was chosen before.
	const [builtIn, setBuiltIn] = useState<BuiltInName | null>(choice.kind === "built-in" ? choice.name : null);
	const several = BUILT_IN_MODELS.length > 1;
	const manifests = useManifests(BUILT_IN_MODELS, seen && several, peekBuiltIn);
	const chooseBuiltIn = (name: BuiltInName | null) => {
		setBuiltIn(name);
		dispatch({ type: "model-chosen", choice: { kind: "built-in", name } });
	};
	const chooseKind = (next: Kind) => {
		setKind(next);
		if (next === "built-in" && choice.kind !== "built-in") chooseBuiltIn(builtIn);
	};
	return (
		<fieldset className="model">
			<legend>{t("model.title")}</legend>
			<div className="row">
				{(Object.keys(KINDS) as Kind[]).map((each) => (
					<label key={each} className="radio">
						<input type="radio" name={name} checked={kind === each} onChange={() => chooseKind(each)} />{" "}
						{t(KINDS[each])}
					</label>
				))}
			</div>
			{kind === "built-in" && several && (
				<BuiltInList
					models={BUILT_IN_MODELS}
					manifests={manifests}
					chosen={choice.kind === "built-in" ? builtInName(choice) : null}
					suggested={suggestion.name}
					slow={suggestion.slow}
					onChoose={chooseBuiltIn}
				/>
			)}
			{kind === "url" && <FromAddress state={state} dispatch={dispatch} onOpen={onOpen} />}
			{kind === "files" && (
				<FromFiles
					chosen={choice.kind === "files" ? t("model.chosen", { name: choice.name }) : null}
					onChoose={(files) => dispatch({ type: "model-chosen", choice: files })}
				/>
			)}
			{manifest && <About manifest={manifest} />}
			{model.status === "closed" && kind !== "url" && kind === choice.kind && (
				<button type="button" className="button small" onClick={() => onOpen(state)}>
					{t("model.loadNow")}
				</button>
			)}
		</fieldset>
	);
}
