/** Writes SVG markup from names, attributes and children, with text escaped. */

export interface Markup {
	readonly markup: string;
}

type Attributes = Readonly<Record<string, string | number>>;

/** An element. A string among the children is text. */
export function el(name: string, attributes: Attributes = {}, ...children: readonly (Markup | string)[]): Markup {
	const given = Object.entries(attributes).map(
		([key, value]) => ` ${key}="${escaped(typeof value === "number" ? short(value) : value)}"`,
	);
	const content = children.map((child) => (typeof child === "string" ? escaped(child) : child.markup)).join("");
	return { markup: content === "" ? `<${name}${given.join("")}/>` : `<${name}${given.join("")}>${content}</${name}>` };
}

export function text(x: number, y: number, content: string, attributes: Attributes = {}): Markup {
	return el("text", { x, y, ...attributes }, content);
}

function escaped(value: string): string {
	return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** A tenth of a pixel is fine enough. @throws RangeError unless it is finite */
function short(value: number): string {
	if (!Number.isFinite(value)) throw new RangeError(`${value} is not a coordinate.`);
	return String(Math.round(value * 10) / 10);
}
