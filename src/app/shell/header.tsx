/** The head of the page: what it is for, views, state of the model, theme. */
import { describeDevice } from "../../core/devices.ts";
import { Icon, type IconName } from "../../ui/icons.tsx";
import type { AppState } from "../state/state.ts";
import type { Theme } from "../state/storage.ts";
import { VIEWS, type ViewName } from "./views.ts";

const HEADLINE = "Find the people, places, relations and events in a post and its picture";
const PROMISE = "The model runs inside this page. Nothing you type or drop leaves your browser.";

const THEMES = { auto: "light", light: "dark", dark: "auto" } as const satisfies Record<Theme, Theme>;
const THEME_ICON = { auto: "auto", light: "sun", dark: "moon" } as const satisfies Record<Theme, IconName>;
const THEME_TEXT = { auto: "same as the system", light: "light", dark: "dark" } as const satisfies Record<
	Theme,
	string
>;

function ModelStatus({ model, manifest }: Pick<AppState, "model" | "manifest">) {
	const name = manifest?.name ?? "Model";
	if (model.status === "opening") {
		const { progress } = model;
		const share = progress && progress.total > 0 ? ` ${Math.round((100 * progress.done) / progress.total)}%` : "";
		return (
			<span className="status is-busy">
				Loading {name}…{share}
			</span>
		);
	}
	if (model.status === "failed") return <span className="status is-bad">{name} could not be loaded</span>;
	if (model.status === "closed") return <span className="status">{name}, not loaded yet</span>;
	const { device } = model;
	return (
		<span className="status is-good" title={device.reason}>
			{name} on {describeDevice(device)}
		</span>
	);
}

interface HeaderProps extends Pick<AppState, "model" | "manifest"> {
	readonly view: ViewName;
	readonly theme: Theme;
	readonly onTheme: (theme: Theme) => void;
}

function Bar({ model, manifest, view, theme, onTheme }: HeaderProps) {
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
			<nav className="views" aria-label="Views">
				{Object.entries(VIEWS).map(([name, title]) => (
					<a key={name} href={`#${name}`} aria-current={name === view ? "page" : undefined}>
						{title}
					</a>
				))}
			</nav>
			<ModelStatus model={model} manifest={manifest} />
			<button
				type="button"
				className="icon-button"
				aria-label={`Theme: ${THEME_TEXT[theme]}`}
				title={`Theme: ${THEME_TEXT[theme]}`}
				onClick={() => onTheme(THEMES[theme])}
			>
				<Icon name={THEME_ICON[theme]} />
			</button>
			<div className="headline">
				<h1>{HEADLINE}</h1>
				<p className="promise">
					<Icon name="lock" /> {PROMISE}
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
				Skip to the result
			</a>
			<Bar {...props} />
		</>
	);
}
