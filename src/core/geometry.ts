/** Converts boxes between fractions and pixels. The two are different types, so mixing them does not compile. */

declare const unit: unique symbol;

/** `[x1, y1, x2, y2]`, top left and bottom right corner. */
type Corners = readonly [x1: number, y1: number, x2: number, y2: number];
/** A box in fractions (0…1) of its image. */
export type UnitBox = Corners & { readonly [unit]: "fraction" };
/** A box in pixels of the original image. */
export type PixelBox = Corners & { readonly [unit]: "pixel" };

/** Width and height in pixels. */
export interface Size {
	readonly width: number;
	readonly height: number;
}

/** The whole image (paper, section "Visual Encoder"). */
export const WHOLE_IMAGE = unitBox(0, 0, 1, 1);

/** Four numbers that are known to be fractions. */
export function unitBox(x1: number, y1: number, x2: number, y2: number): UnitBox {
	return [x1, y1, x2, y2] as unknown as UnitBox;
}

/** Four numbers that are known to be pixels. */
export function pixelBox(x1: number, y1: number, x2: number, y2: number): PixelBox {
	return [x1, y1, x2, y2] as unknown as PixelBox;
}

export function toPixels([x1, y1, x2, y2]: UnitBox, { width, height }: Size): PixelBox {
	return pixelBox(x1 * width, y1 * height, x2 * width, y2 * height);
}

export function toFractions([x1, y1, x2, y2]: PixelBox, { width, height }: Size): UnitBox {
	return unitBox(x1 / width, y1 / height, x2 / width, y2 / height);
}
