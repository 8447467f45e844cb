/** Frames of a recorded video (red, then blue) have the colour of their time. */
import { expect, test } from "vitest";
import { evenTimes, framesOfFile, rangesOf } from "./video-frames.ts";

/** One second of red, one of blue, as this browser records a canvas. */
async function recorded(): Promise<Blob> {
	const canvas = document.createElement("canvas");
	[canvas.width, canvas.height] = [64, 48];
	const context = canvas.getContext("2d")!;
	const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm" });
	const pieces: Blob[] = [];
	recorder.ondataavailable = ({ data }) => pieces.push(data);
	const stopped = new Promise((resolve) => {
		recorder.onstop = resolve;
	});
	recorder.start(100);
	const started = performance.now();
	for (let spent = 0; spent < 2400; spent = performance.now() - started) {
		context.fillStyle = spent < 1200 ? "#f00" : "#00f";
		context.fillRect(0, 0, 64, 48);
		await new Promise((resolve) => setTimeout(resolve, 40));
	}
	recorder.stop();
	await stopped;
	return new Blob(pieces, { type: "video/webm" });
}

async function colourOf(bytes: Uint8Array<ArrayBuffer>): Promise<"red" | "blue"> {
	const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
	const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
	const context = canvas.getContext("2d")!;
	context.drawImage(bitmap, 0, 0);
	const [red = 0, , blue = 0] = context.getImageData(32, 24, 1, 1).data;
	return red > blue ? "red" : "blue";
}

test("frames show what the video shows at their times, in order", async () => {
	const frames = await framesOfFile(await recorded(), 4);
	expect(frames).toHaveLength(4);
	expect(await colourOf(frames[0]!.bytes)).toBe("red");
	expect(await colourOf(frames[3]!.bytes)).toBe("blue");
	expect(frames[0]!.time.start).toBe(0);
	for (const [i, { time }] of frames.entries()) if (i > 0) expect(time.start).toBeCloseTo(frames[i - 1]!.time.end, 9);
});

test("a file that is not a video is refused, and a cancelled one as well", async () => {
	await expect(framesOfFile(new Blob(["no video"]), 2)).rejects.toMatchObject({ code: "image-unreadable" });
	await expect(framesOfFile(await recorded(), 2, AbortSignal.abort())).rejects.toMatchObject({ code: "cancelled" });
});

test("times are the middles of equal parts, and ranges meet half-way", () => {
	expect(evenTimes(8, 4)).toEqual([1, 3, 5, 7]);
	expect(rangesOf([1, 3, 7], 8)).toEqual([
		{ start: 0, end: 2 },
		{ start: 2, end: 5 },
		{ start: 5, end: 8 },
	]);
});
