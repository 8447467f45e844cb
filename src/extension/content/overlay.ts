/** The one element that the overlay adds to a page, closed to the page's scripts and styles, with a few layers. */
import { element } from "../view/dom.ts";

/** Later layers lie above earlier ones. */
const LAYERS = ["marks", "pictures", "badges", "cards"] as const;
type Layer = (typeof LAYERS)[number];

/** Window coordinates of the layers' upper left corner, in CSS pixels. */
export interface Corner {
	readonly left: number;
	readonly top: number;
}

export interface Overlay {
	readonly host: HTMLElement;
	readonly layers: Readonly<Record<Layer, HTMLElement>>;
	/** Makes the page long enough for a card that stands below it. Usually hidden. */
	readonly spacer: HTMLElement;
	/** Where the layers' corner is now. On the page it is at 0, 0 unless the page moved or shrank its root element. */
	origin(): Corner;
	/**
	 * Puts the element back after `remove`, or after the page removed it.
	 * @returns false: the page keeps removing it, so it stays away
	 */
	keep(): boolean;
	remove(): void;
}

/** A page that removes the overlay more often than re-rendering explains does not want it. */
const MAX_RETURNS = 20;
/** Events in the overlay are kept from the page's shortcuts and click handlers. */
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
	// A script of the page could read what the person selects.
	"user-select": "none",
};

export function createOverlay(css: string, page: Document = document): Overlay {
	const host = page.createElement("div");
	// Inline and important: stronger than every style of the page.
	for (const [name, value] of Object.entries(HOST_STYLE)) host.style.setProperty(name, value, "important");
	// A frame of no size that contains its layout: what is drawn never adds to what the page can scroll or measure.
	const frame = element("div", { class: "frame" });
	for (const type of OWN_EVENTS) host.addEventListener(type, (event) => event.stopPropagation(), { passive: true });
	const root = host.attachShadow({ mode: "closed" });
	adopt(root, css);
	const layers = Object.fromEntries<HTMLElement>(
		LAYERS.map((name) => [name, element("div", { class: "layer" })]),
	) as Record<Layer, HTMLElement>;
	frame.append(...Object.values(layers));
	// Beside the frame, because it must add to what the page can scroll.
	const spacer = element("div", { class: "spacer" });
	spacer.hidden = true;
	root.append(frame, spacer);
	page.documentElement.append(host);
	let returns = 0;
	let wanted = true;
	return {
		host,
		layers,
		spacer,
		origin: () => host.getBoundingClientRect(),
		keep() {
			if (host.isConnected) return true;
			if (wanted && ++returns > MAX_RETURNS) return false;
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

/** A page's policy does not reach a constructed style sheet. Firefox does not let content scripts make one. */
function adopt(root: ShadowRoot, css: string): void {
	try {
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(css);
		root.adoptedStyleSheets = [sheet];
	} catch {
		root.append(element("style", {}, css));
	}
}
