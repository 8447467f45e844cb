/** Shows the built-in models with size, languages and for whom each is, to choose one. */
import { useEffect, useId, useState } from "react";
import type { BuiltInModel } from "../../bundle/built-in.ts";
import type { Manifest } from "../../bundle/manifest.ts";
import { t } from "../../messages/app.ts";
import { nameOf } from "../../messages/names.ts";
import { byteCount } from "../../ui/format.ts";
import { bundleBytes, languagesText } from "./model-facts.ts";

/** By name; what is not there could not be read, or not yet. */
export type Manifests = Readonly<Record<string, Manifest>>;

type Models<Name extends string> = readonly (BuiltInModel & { readonly name: Name })[];

interface BuiltInListProps<Name extends string> {
	readonly models: Models<Name>;
	readonly manifests: Manifests;
	/** The one in force; null: a model from elsewhere is. */
	readonly chosen: string | null;
	/** The one that is taken where nobody chooses. */
	readonly suggested: string;
	/** What makes this device slow, in words; null where it is not. */
	readonly slow: string | null;
	readonly onChoose: (name: Name) => void;
}

export function BuiltInList<Name extends string>(props: BuiltInListProps<Name>) {
	const { models, manifests, chosen, suggested, slow, onChoose } = props;
	const id = useId();
	return (
		<div className="built-in" role="radiogroup" aria-label={t("model.builtInList")}>
			{models.map(({ name, title, suits }) => (
				<div key={name} className="built-in-model">
					<label className="radio">
						<input
							type="radio"
							name={id}
							value={name}
							checked={name === chosen}
							aria-describedby={`${id}-${name}`}
							onChange={() => onChoose(name)}
						/>
						<span>
							<strong>{named(name, title)}</strong>
							{name === suggested && (
								<span className="quiet"> {t(slow === null ? "model.default" : "model.defaultHere")}</span>
							)}
						</span>
					</label>
					<div id={`${id}-${name}`}>
						<p className="small">{named(`${name}.suits`, suits)}</p>
						<p className="quiet small">{[name, ...factsOf(manifests[name])].join(" · ")}</p>
					</div>
				</div>
			))}
			{slow !== null && <p className="quiet small">{t("model.slow", { facts: slow, model: suggested })}</p>}
		</div>
	);
}

/** The words of a model in the person's language; its own where there are none. */
const named = (name: string, own: string): string => {
	const found = nameOf("model", name);
	return found === name ? own : found;
};

/** "11.3 MB", "English". */
function factsOf(manifest: Manifest | undefined): string[] {
	if (!manifest) return [];
	return [byteCount(bundleBytes(manifest)), languagesText(manifest)].filter((fact) => fact !== "");
}

/** Reads the manifests when they are wanted. Failing is fine: opening the model will say why. */
export function useManifests<Name extends string>(
	models: Models<Name>,
	wanted: boolean,
	read: (name: Name, signal: AbortSignal) => Promise<Manifest>,
): Manifests {
	const [manifests, setManifests] = useState<Manifests>({});
	// biome-ignore lint/correctness/useExhaustiveDependencies: the models and how they are read never change
	useEffect(() => {
		if (!wanted) return;
		const stop = new AbortController();
		for (const { name } of models) {
			read(name, stop.signal)
				.then((manifest) => setManifests((before) => ({ ...before, [name]: manifest })))
				.catch(() => undefined);
		}
		return () => stop.abort();
	}, [wanted]);
	return manifests;
}
