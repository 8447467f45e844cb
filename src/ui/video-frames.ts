/** Takes frames out of a video as JPEG files, each with the time it stands for. */
import { Failure } from "../core/failure.ts";
import type { TimeRange } from "../core/result.ts";

export interface VideoFrame {
	/** Seconds; from this frame to the next. */
	readonly time: TimeRange;
	/** A JPEG file. */
	readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Longest side of a frame in pixels: regions are found in pictures of about this size anyway. */
const LONGEST_SIDE = 1280;
const MAX_FRAMES = 60;
/** Milliseconds that a seek may take before the video counts as broken. */
const MAX_WAIT_MS = 15_000;

/**
 * `count` times spread evenly over a video: the middles of equal parts, so that neither a black beginning nor the end
 * is taken.
 */
export function evenTimes(duration: number, count: number): number[] {
	return Array.from({ length: count }, (_, i) => ((i + 0.5) * duration) / count);
}

/** Each time's range: from half-way after the one before to half-way before the next. @param times ascending */
export function rangesOf(times: readonly number[], duration: number): TimeRange[] {
	return times.map((time, i) => {
		const [before, after] = [times[i - 1], times[i + 1]];
		return {
			start: before === undefined ? 0 : (before + time) / 2,
			end: after === undefined ? Math.max(duration, time) : (time + after) / 2,
		};
	});
}

/**
 * Samples frames of a video element; its position and whether it played are restored.
 * @param times seconds; those outside the video are left out
 * @throws Failure `image-unreadable` for a video that cannot be decoded or comes from another site, `usage` for too
 * many times, `cancelled`
 */
async function sampleFrames(
	video: HTMLVideoElement,
	times: readonly number[],
	signal?: AbortSignal,
): Promise<VideoFrame[]> {
	if (times.length > MAX_FRAMES)
		throw new Failure("usage", `${times.length} frames; the limit for a video is ${MAX_FRAMES}.`);
	if (video.readyState < HTMLMediaElement.HAVE_METADATA) await nextEvent(video, "loadedmetadata", signal);
	const { duration, videoWidth, videoHeight } = video;
	const inside = [...times]
		.filter((time) => time >= 0 && (time < duration || !Number.isFinite(duration)))
		.sort((a, b) => a - b);
	if (videoWidth === 0 || inside.length === 0)
		throw new Failure("image-unreadable", "The video has no frames at these times.");
	const scale = Math.min(1, LONGEST_SIDE / Math.max(videoWidth, videoHeight));
	const canvas = new OffscreenCanvas(
		Math.max(1, Math.round(videoWidth * scale)),
		Math.max(1, Math.round(videoHeight * scale)),
	);
	const context = canvas.getContext("2d");
	if (!context) throw new Failure("out-of-memory", "The browser could not create a canvas for the frames.");
	const before = { at: video.currentTime, playing: !video.paused };
	video.pause();
	const frames: VideoFrame[] = [];
	try {
		for (const [i, time] of rangesOf(inside, Number.isFinite(duration) ? duration : inside.at(-1)!).entries()) {
			const seeked = nextEvent(video, "seeked", signal);
			video.currentTime = inside[i]!;
			await seeked;
			context.drawImage(video, 0, 0, canvas.width, canvas.height);
			frames.push({ time, bytes: await jpegOf(canvas) });
		}
	} finally {
		video.currentTime = before.at;
		if (before.playing) video.play().catch(() => undefined);
	}
	return frames;
}

async function jpegOf(canvas: OffscreenCanvas): Promise<Uint8Array<ArrayBuffer>> {
	try {
		return new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 })).arrayBuffer());
	} catch (cause) {
		throw new Failure("image-unreadable", "The video’s site does not let other pages read its frames.", {
			cause,
		});
	}
}

/** Waits for the next event of a name; an error, a cancel or a timeout ends the wait. */
function nextEvent(
	video: HTMLVideoElement,
	name: "loadedmetadata" | "seeked",
	signal: AbortSignal | undefined,
): Promise<void> {
	const done = new AbortController();
	return new Promise<void>((resolve, reject) => {
		const fail = (failure: Failure) => () => reject(failure);
		const options = { once: true, signal: done.signal };
		video.addEventListener(name, () => resolve(), options);
		video.addEventListener("error", fail(new Failure("image-unreadable", "The video cannot be decoded.")), options);
		signal?.addEventListener("abort", fail(new Failure("cancelled", "It was cancelled.")), options);
		const timer = setTimeout(fail(new Failure("timeout", "The video did not load in time.")), MAX_WAIT_MS);
		done.signal.addEventListener("abort", () => clearTimeout(timer));
		if (signal?.aborted) reject(new Failure("cancelled", "It was cancelled."));
	}).finally(() => done.abort());
}

/** Recordings of a browser do not state their length: a seek far behind their end finds it. */
async function findEnd(video: HTMLVideoElement, signal: AbortSignal | undefined): Promise<void> {
	const seeked = nextEvent(video, "seeked", signal);
	video.currentTime = 1e7;
	await seeked;
	if (!Number.isFinite(video.duration)) throw new Failure("image-unreadable", "The length of the video is unknown.");
}

/**
 * Samples frames of a video file, spread evenly.
 * @throws Failure as {@link sampleFrames}
 */
export async function framesOfFile(file: Blob, count: number, signal?: AbortSignal): Promise<VideoFrame[]> {
	const url = URL.createObjectURL(file);
	const video = document.createElement("video");
	video.muted = true;
	video.preload = "auto";
	try {
		const ready = nextEvent(video, "loadedmetadata", signal);
		video.src = url;
		await ready;
		if (!Number.isFinite(video.duration)) await findEnd(video, signal);
		return await sampleFrames(video, evenTimes(video.duration, count), signal);
	} finally {
		video.removeAttribute("src");
		URL.revokeObjectURL(url);
	}
}
