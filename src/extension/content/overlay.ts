/** Goes in: nothing. Comes out: the one element the overlay adds to a page, closed to the page's scripts and styles, and layers inside it. */
import { element } from "./dom.ts";

/** What is drawn where; later ones lie above. */
export const LAYERS = ["marks", "pictures", "badges", "cards"] as const;
export type Layer = (typeof LAYERS)[number];

export interface Overlay {
	readonly host: HTMLElement;
	readonly layers: Readonly<Record<Layer, HTMLElement>>;
	/** Page coordinates of the layers' corner: 0, 0 unless the page moved or shrank its root element. */
	origin(): { readonly left: number; readonly top: number };
	/** Puts the element back after `remove`, or after the page took it away. @returns false: the page does so again and again, and it stays away */
	keep(): boolean;
	remove(): void;
}

/** A page that takes the overlay away more often than a few re-renderings explain does not want it. */
const MOST_RETURNS = 20;
/** Events of the overlay are nobody else's: a page's shortcuts and click handlers do not hear them. */
const OWN_EVENTS = [
	"click",
	"dblclick",
	"pointerdown",
	"pointerup",
	"mousedown",
	"mouseup",
	"touchstart",
	"touchend",
	"keydown",
	"keyup",
	"keypress",
	"wheel",
] as const;
const HOST_STYLE: Readonly<Record<string, string>> = {
	all: "initial",
	position: "absolute",
	top: "0",
	left: "0",
	width: "0",
	height: "0",
	"z-index": "2147483647",
	"pointer-events": "none",
};

export function createOverlay(css: string, page: Document = document): Overlay {
	const host = page.createElement("div");
	// Important and inline: no style of the page is stronger.
	for (const [name, value] of Object.entries(HOST_STYLE)) host.style.setProperty(name, value, "important");
	for (const type of OWN_EVENTS) host.addEventListener(type, (event) => event.stopPropagation(), { passive: true });
	const root = host.attachShadow({ mode: "closed" });
	adopt(root, css);
	const layers = Object.fromEntries<HTMLElement>(
		LAYERS.map((name) => [name, element("div", { class: "layer" })]),
	) as Record<Layer, HTMLElement>;
	root.append(...Object.values(layers));
	page.documentElement.append(host);
	let returns = 0;
	let wanted = true;
	return {
		host,
		layers,
		origin: () => host.getBoundingClientRect(),
		keep() {
			if (host.isConnected) return true;
			if (wanted && ++returns > MOST_RETURNS) return false;
			wanted = true;
			page.documentElement.append(host);
			return true;
		},
		remove() {
			wanted = false;
			host.remove();
		},
	};
}

/** A constructed style sheet is beyond every policy of the page; Firefox gives content scripts none. */
function adopt(root: ShadowRoot, css: string): void {
	try {
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(css);
		root.adoptedStyleSheets = [sheet];
	} catch {
		root.append(element("style", {}, css));
	}
}
