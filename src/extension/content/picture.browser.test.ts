/** Tests that the pixels of page images are read, or why they cannot be. */
import { afterEach, describe, expect, test } from "vitest";
import { mainPicture, readPicture } from "./picture.ts";

const signal = new AbortController().signal;

async function imageOf(width: number, height: number, colour: string): Promise<HTMLImageElement> {
	const canvas = new OffscreenCanvas(width, height);
	const context = canvas.getContext("2d")!;
	context.fillStyle = colour;
	context.fillRect(0, 0, width, height);
	return imageAt(URL.createObjectURL(await canvas.convertToBlob()));
}

function imageAt(src: string): HTMLImageElement {
	const image = document.createElement("img");
	image.src = src;
	document.body.append(image);
	return image;
}

async function decoded(base64: string): Promise<{ width: number; height: number; pixel: number[] }> {
	const bitmap = await createImageBitmap(await (await fetch(`data:image/jpeg;base64,${base64}`)).blob());
	const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
	const context = canvas.getContext("2d")!;
	context.drawImage(bitmap, 0, 0);
	return { width: bitmap.width, height: bitmap.height, pixel: [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)] };
}

afterEach(() => document.body.replaceChildren());

describe("readPicture", () => {
	test("a picture keeps its size and colours", async () => {
		const read = await readPicture(await imageOf(80, 60, "rgb(255, 0, 0)"), signal);
		const { width, height, pixel } = await decoded(read.ok ? read.base64 : "");
		expect([width, height]).toEqual([80, 60]);
		expect(pixel[0]).toBeGreaterThan(245);
		expect(pixel[1]).toBeLessThan(10);
	});
	test("a huge one is scaled to 1600 pixels", async () => {
		const read = await readPicture(await imageOf(6400, 3200, "blue"), signal);
		expect(await decoded(read.ok ? read.base64 : "")).toMatchObject({ width: 1600, height: 800 });
	});
	test("a transparent one stands on white", async () => {
		const read = await readPicture(await imageOf(60, 60, "rgb(0 0 0 / 0)"), signal);
		expect((await decoded(read.ok ? read.base64 : "")).pixel).toEqual([255, 255, 255]);
	});
	test("one that does not load is broken", async () => {
		expect(await readPicture(imageAt("data:image/png;base64,AAAA"), signal)).toEqual({ ok: false, why: "broken" });
	});
	test("one that is still loading ends with the signal", async () => {
		const stop = new AbortController();
		const image = imageAt("/a-picture-that-is-not-there.png");
		stop.abort();
		expect(await readPicture(image, stop.signal)).toEqual({ ok: false, why: "broken" });
	});
});

test("icons and avatars are not taken for the picture of a post", async () => {
	const [sign, picture] = [await imageOf(20, 20, "red"), await imageOf(200, 100, "red")];
	await Promise.all([sign.decode(), picture.decode()]);
	expect(mainPicture([sign, picture])).toBe(picture);
	expect(mainPicture([sign])).toBeNull();
});
