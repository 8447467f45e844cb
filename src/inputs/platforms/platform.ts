/** The type of a platform's records: how one is recognised, and what it says. */
import type { HtmlText } from "../documents/html-text.ts";
import type { JsonRecord, TextPiece } from "../types.ts";

export interface PlatformPost {
	readonly id: string | number | null;
	readonly text: string;
	/** What its pictures may be called, the best first. */
	readonly pictures?: readonly string[];
	readonly pieces?: readonly TextPiece[];
	/** The field or record that it was read from. */
	readonly record?: JsonRecord;
}

export interface Reading {
	readonly posts?: readonly PlatformPost[];
	/** Records inside of this one, to be read in turn. */
	readonly records?: readonly JsonRecord[];
	/** Why this record is left out; absent: it is a post, or it holds some. */
	readonly leftOut?: string;
}

export interface PlatformTools {
	/** Plain text of HTML, with the place of every piece. */
	readonly html: (html: string) => HtmlText;
}

export interface Platform {
	readonly title: string;
	recognises(record: JsonRecord): boolean;
	/** A record of which nothing comes has no text. */
	read(record: JsonRecord, tools: PlatformTools): Reading;
}
