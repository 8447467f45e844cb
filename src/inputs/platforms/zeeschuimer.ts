/** Zeeschuimer: what a browser saw of a platform, item by item, each platform with the fields of its own. */
import { baseOf, fieldOf, firstText, idAt, recordAt, textAt, unescaped } from "./fields.ts";
import type { Platform } from "./platform.ts";

/** Where texts and pictures stand inside of `data`, whichever platform it is: the first that is there counts. */
const TEXTS = [
	"legacy.note_tweet.text",
	"note_tweet.note_tweet_results.result.text",
	"tweet.legacy.full_text",
	"legacy.full_text",
	"full_text",
	"caption.text",
	"edge_media_to_caption.edges.0.node.text",
	"desc",
	"contents.0.desc",
	"commentary.text.text",
	"commentary.text",
	"note_card.desc",
	"description",
	"text",
	"body",
	"selftext",
	"title",
	"note_card.display_title",
];
const HTML = ["content", "status.content"];
const PICTURES = ["image_versions2.candidates", "images", "video.cover"];

export const zeeschuimer: Platform = {
	title: "Zeeschuimer",
	recognises: (record) =>
		(typeof record.source_platform === "string" || Object.hasOwn(record, "nav_index")) &&
		(recordAt(record, "data") !== null || Array.isArray(record.data)),
	read(record, { html }) {
		const data = recordAt(record, "data") ?? {};
		const id = idAt(record, ["item_id", "id"]);
		const address = PICTURES.flatMap((path) => firstAddress(fieldOf(data, path)));
		const pictures = [...address.map(baseOf)];
		const marked = firstText(data, HTML);
		if (marked !== null && /<\w+[^>]*>/.test(marked)) {
			const { text, pieces } = html(marked);
			return text === "" ? {} : { posts: [{ id, text, pieces, pictures, record: data }] };
		}
		const title = textAt(data, "note_card.display_title");
		const text = firstText(data, TEXTS) ?? marked;
		if (text === null) return {};
		const whole = title !== null && text !== title ? `${title}\n\n${text}` : text;
		return { posts: [{ id, text: unescaped(whole), pictures, record: data }] };
	},
};

function firstAddress(value: unknown): string[] {
	if (typeof value === "string") return [value];
	const [first] = Array.isArray(value) ? (value as unknown[]) : [];
	if (typeof first === "string") return [first];
	const address = typeof first === "object" && first !== null ? (first as { url?: unknown }).url : null;
	return typeof address === "string" ? [address] : [];
}
