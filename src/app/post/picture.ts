/** The picture of a post. */
import type { VideoFrame } from "../../ui/video-frames.ts";

/** A picture as the file's own bytes. */
export interface Picture {
	readonly name: string;
	readonly bytes: Uint8Array<ArrayBuffer>;
	/** The frames of a video; `bytes` is the first of them. */
	readonly frames?: readonly VideoFrame[];
}
