/** The head of the page: what it is for, views, state of the model, language, theme. */
import { type Dispatch, useState } from "react";
import { t } from "../../messages/app.ts";
import { formatNumber, LANGUAGE_NAMES, LANGUAGES } from "../../messages/messages.ts";
import { deviceText } from "../../ui/device.ts";
import { Icon, type IconName } from "../../ui/icons.tsx";
import { chooseLanguage, type LanguageChoice, loadLanguage } from "../state/language.ts";
import type { Action, AppState } from "../state/state.ts";
import type { Theme } from "../state/storage.ts";
import { VIEWS, type ViewName } from "./views.ts";

const THEMES = { auto: "light", light: "dark", dark: "auto" } as const satisfies Record<Theme, Theme>;
const THEME_ICON = { auto: "auto", light: "sun", dark: "moon" } as const satisfies Record<Theme, IconName>;

function ModelStatus({ model, manifest }: Pick<AppState, "model" | "manifest">) {
	const name = manifest?.name ?? t("status.model");
	if (model.status === "opening") {
		const { progress } = model;
		const share = progress && formatNumber(progress.share, { style: "percent" });
		return (
			<span className="status is-busy">
				{share === null ? t("status.loading", { name }) : t("status.loadingShare", { name, share })}
			</span>
		);
	}
	if (model.status === "failed") return <span className="status is-bad">{t("status.failed", { name })}</span>;
	if (model.status === "closed") return <span className="status">{t("status.closed", { name })}</span>;
	const { device } = model;
	return (
		<span className="status is-good" title={device.reason}>
			{t("status.open", { name, device: deviceText(device) })}
		</span>
	);
}

/** Offers the languages, each under its own name. */
function LanguageField({ onFailure }: { readonly onFailure: (what: string) => void }) {
	const [choice, setChoice] = useState(loadLanguage);
	const onChange = (next: LanguageChoice) => {
		setChoice(next);
		chooseLanguage(next).catch(() => {
			setChoice(choice);
			onFailure(t("header.languageFailed"));
		});
	};
	return (
		<select
			className="language"
			aria-label={t("header.language")}
			value={choice}
			onChange={({ target }) => onChange(target.value as LanguageChoice)}
		>
			<option value="auto">{t("header.languageAuto")}</option>
			{LANGUAGE_NAMES.map((name) => (
				<option key={name} value={name} lang={LANGUAGES[name].tag}>
					{LANGUAGES[name].title}
				</option>
			))}
		</select>
	);
}

interface HeaderProps {
	readonly state: Pick<AppState, "model" | "manifest">;
	readonly view: ViewName;
	readonly theme: Theme;
	readonly onTheme: (theme: Theme) => void;
	readonly dispatch: Dispatch<Action>;
}

function Bar({ state, view, theme, onTheme, dispatch }: HeaderProps) {
	const themeText = t("header.theme", { theme: t(`theme.${theme}`) });
	return (
		<header className="header">
			<p className="brand">
				<svg className="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
					<rect className="logo-box" x="3" y="3" width="26" height="26" rx="6" />
					<path className="logo-line" d="M8 23h7M18 23h6" />
					<path className="logo-text" d="M9 9v6a4 4 0 0 0 8 0V9" />
				</svg>
				umie
			</p>
			<nav className="views" aria-label={t("header.views")}>
				{VIEWS.map((name) => (
					<a key={name} href={`#${name}`} aria-current={name === view ? "page" : undefined}>
						{t(`view.${name}`)}
					</a>
				))}
			</nav>
			<ModelStatus {...state} />
			<LanguageField onFailure={(text) => dispatch({ type: "notice", text })} />
			<button
				type="button"
				className="icon-button"
				aria-label={themeText}
				title={themeText}
				onClick={() => onTheme(THEMES[theme])}
			>
				<Icon name={THEME_ICON[theme]} />
			</button>
			<div className="headline">
				<h1>{t("header.headline")}</h1>
				<p className="promise">
					<Icon name="lock" /> {t("header.promise")}
				</p>
			</div>
		</header>
	);
}

/** The head of the page, with a link over it for people who come by keyboard. */
export function Header(props: HeaderProps) {
	return (
		<>
			<a className="skip" href="#results">
				{t("header.skip")}
			</a>
			<Bar {...props} />
		</>
	);
}
