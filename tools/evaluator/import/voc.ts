/** Reads a Pascal-VOC file of GMNER or FMNERG: the boxes of each entity name, in fractions of the picture. */
import type { Box } from "../predict/contract.ts";
import { unitBoxOf } from "./record.ts";
import { child, type Element, parseXml } from "./xml.ts";

export interface NamedBox {
	/** The entity's words, joined by spaces, as the annotators wrote them. */
	readonly name: string;
	/** null: without area. */
	readonly box: readonly [number, number, number, number] | null;
}

const number = (element: Element | undefined, name: string) => {
	const text = element === undefined ? undefined : child(element, name)?.text;
	return text === undefined || text === "" ? Number.NaN : Number(text);
};

/** Objects without a box are not to be seen, and left out. @throws Failure `input-unreadable` */
export function readVoc(source: string): NamedBox[] {
	const root = parseXml(source);
	const size = child(root, "size");
	const [width, height] = [number(size, "width"), number(size, "height")];
	return root.children
		.filter(({ name }) => name === "object")
		.flatMap((object) => {
			const bounds = child(object, "bndbox");
			if (bounds === undefined) return [];
			const corners: Box = [
				number(bounds, "xmin"),
				number(bounds, "ymin"),
				number(bounds, "xmax"),
				number(bounds, "ymax"),
			];
			const known = [...corners, width, height].every(Number.isFinite) && width > 0 && height > 0;
			const name = (child(object, "name")?.text ?? "").replace(/\s+/gu, " ");
			return [{ name, box: known ? unitBoxOf(corners, width, height) : null }];
		});
}
