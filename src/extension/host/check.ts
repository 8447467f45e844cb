/** Checks messages of content scripts: a page may have taken over the process that sent them. */
import * as z from "zod/mini";
import { MAX_TEXT } from "../../core/limits.ts";
import { MAX_ORIGIN_LENGTH, type ToHost } from "../common/messages.ts";
import { SITE_IDS } from "../common/sites.ts";

/** A picture is scaled to 1,600 pixels before it is sent, and is far shorter than this as base64. */
const MAX_IMAGE_LENGTH = 12_000_000;

const job = z.int().check(z.gte(1));
const ToHostSchema = z.discriminatedUnion("kind", [
	z.object({
		kind: z.literal("extract"),
		job,
		text: z.string().check(z.maxLength(MAX_TEXT)),
		image: z.nullable(z.string().check(z.maxLength(MAX_IMAGE_LENGTH))),
		origin: z.object({
			site: z.enum(SITE_IDS),
			url: z.string().check(z.maxLength(MAX_ORIGIN_LENGTH)),
			author: z.string().check(z.maxLength(MAX_ORIGIN_LENGTH)),
		}),
		requested: z.boolean(),
	}),
	z.object({ kind: z.literal("cancel"), job }),
]);

/** The message, or null when it does not have the right form. */
export function checkToHost(message: unknown): ToHost | null {
	const read = ToHostSchema.safeParse(message);
	return read.success ? read.data : null;
}

/** The bytes of a base64 string, or null when it is not valid base64. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
	try {
		return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
	} catch {
		return null;
	}
}
