/**
 * Draws a picture by number, always the same for the same number: as large as a picture of a post, with things on it;
 * or so many regions of such a picture.
 */
import type { GivenRegion } from "../../../src/client/protocol.ts";

const WIDTH = 1024;
const HEIGHT = 768;

/** A photograph's worth of work: shapes over a gradient, as JPEG. */
export async function drawPicture(seed: number): Promise<Uint8Array> {
	const random = generator(seed);
	const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
	const context = canvas.getContext("2d")!;
	const sky = context.createLinearGradient(0, 0, 0, HEIGHT);
	sky.addColorStop(0, colour(random));
	sky.addColorStop(1, colour(random));
	context.fillStyle = sky;
	context.fillRect(0, 0, WIDTH, HEIGHT);
	for (let shape = 0; shape < 24; shape++) {
		const [x, y, size] = [random() * WIDTH, random() * HEIGHT, 30 + random() * 150];
		context.fillStyle = colour(random);
		context.beginPath();
		if (shape % 2 === 0) context.ellipse(x, y, size, size * (0.4 + random()), random() * Math.PI, 0, 2 * Math.PI);
		else context.rect(x, y, size, size * (0.4 + random()));
		context.fill();
	}
	const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
	return new Uint8Array(await blob.arrayBuffer());
}

/**
 * Boxes of many sizes, an eighth to a half of the picture each way; the same for all pictures: what lies in one does
 * not change what it costs.
 */
export function drawRegions(count: number): GivenRegion[] {
	const random = generator(count);
	return Array.from({ length: count }, (_, index) => {
		const [width, height] = [WIDTH, HEIGHT].map((side) => Math.round(side * (1 / 8 + (3 / 8) * random()))) as [
			number,
			number,
		];
		const [left, top] = [Math.round(random() * (WIDTH - width)), Math.round(random() * (HEIGHT - height))];
		return { box: [left, top, left + width, top + height], score: 1 - index / count };
	});
}

function colour(random: () => number): string {
	return `hsl(${Math.floor(random() * 360)} ${Math.floor(20 + random() * 60)}% ${Math.floor(20 + random() * 60)}%)`;
}

/** Numbers in 0…1 that look random (Park and Miller, 1988). */
function generator(seed: number): () => number {
	let state = (seed * 7919 + 1) % 2_147_483_647;
	return () => {
		state = (state * 48_271) % 2_147_483_647;
		return state / 2_147_483_647;
	};
}
