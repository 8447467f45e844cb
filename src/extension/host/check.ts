/** Goes in: a message from a page's content script. Comes out: the message, checked: a page may have taken over the process that sent it. */
import * as z from "zod/mini";
import type { ToHost } from "../common/messages.ts";
import { SITE_IDS } from "../common/sites.ts";

/** A picture is scaled to 1,600 pixels before it is sent; this is far above what is left. */
export const MAX_IMAGE_LETTERS = 12_000_000;
/** Longer texts are cut by the content script at the engine's own limit. */
const MAX_TEXT = 25_000;
const MAX_NAME = 2_000;

const job = z.int().check(z.gte(1));
const ToHostSchema = z.discriminatedUnion("kind", [
	z.object({
		kind: z.literal("extract"),
		job,
		text: z.string().check(z.maxLength(MAX_TEXT)),
		image: z.nullable(z.string().check(z.maxLength(MAX_IMAGE_LETTERS))),
		origin: z.object({
			site: z.enum(SITE_IDS),
			url: z.string().check(z.maxLength(MAX_NAME)),
			author: z.string().check(z.maxLength(MAX_NAME)),
		}),
		asked: z.boolean(),
	}),
	z.object({ kind: z.literal("cancel"), job }),
]);

/** Null for what is no message of ours. */
export function checkToHost(message: unknown): ToHost | null {
	const read = ToHostSchema.safeParse(message);
	return read.success ? read.data : null;
}

/** Bytes of a base64 text; null when it is none. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
	try {
		return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
	} catch {
		return null;
	}
}
