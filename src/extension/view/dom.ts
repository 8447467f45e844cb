/** Makes elements. Text stays text: strings are never parsed as markup. */

type Attributes = Readonly<Record<string, string>>;
type Child = Node | string | null;

export function element<Name extends keyof HTMLElementTagNameMap>(
	name: Name,
	attributes: Attributes = {},
	...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
	const made = document.createElement(name);
	for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
	made.append(...children.filter((child) => child !== null));
	return made;
}

/** Text from the page or the model: its writing direction does not affect the text around it. */
export const isolated = (text: string): HTMLElement => element("bdi", { dir: "auto" }, text);

/** A button that only a person can press: clicks dispatched by scripts are ignored. */
export function button(attributes: Attributes, onPress: () => void, ...children: readonly Child[]): HTMLButtonElement {
	const made = element("button", { type: "button", ...attributes }, ...children);
	made.addEventListener("click", (event) => {
		if (event.isTrusted) onPress();
	});
	return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** The project's logo, in lines. */
export function logo(): SVGElement {
	const svg = document.createElementNS(SVG, "svg");
	svg.setAttribute("viewBox", "0 0 32 32");
	svg.setAttribute("aria-hidden", "true");
	for (const [path, hue] of [
		["M7 6v9a9 9 0 0 0 18 0V6", "ink"],
		["M6 28h10", "blue"],
		["M20 28h6", "red"],
	] as const) {
		const line = document.createElementNS(SVG, "path");
		line.setAttribute("d", path);
		line.setAttribute("class", `logo-${hue}`);
		svg.append(line);
	}
	return svg;
}
