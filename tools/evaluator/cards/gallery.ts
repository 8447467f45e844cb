/**
 * Writes the gallery of a model card: DIR/gallery.jpg (what the model finds in example posts, beside their pictures)
 * and the lines about it in DIR/README.md.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright";
import { unwrap } from "../../../src/core/failure.ts";
import type { ExtractionResult } from "../../../src/core/result.ts";
import type { Engine } from "../../../workers/engine.ts";
import { chromiumArgs, findChromium } from "../../node/browser/find-chromium.ts";
import { openNodeEngine } from "../../node/engine/node-engine.ts";
import { CASES, type GalleryCase } from "./cases.ts";
import { galleryMarkdown, isRight, withGallery } from "./gallery-markdown.ts";
import { type Drawn, galleryPage, PAGE_WIDTH } from "./gallery-page.ts";
import { judge } from "./judge.ts";

const root = join(import.meta.dirname, "../../..");
const MAX_BYTES = 250_000;
const QUALITIES = [80, 72, 64, 56, 48, 40];

async function drawn(engine: Engine, post: GalleryCase, job: number): Promise<Drawn> {
	const bytes = new Uint8Array(readFileSync(join(root, post.picture)));
	const result = unwrap(await engine.extract(job, { text: post.text, image: bytes }, { tasks: post.tasks }, () => {}));
	if (result.image === null) throw new Error(`${post.picture} was not read.`);
	return { post, judged: judge(post, result), size: result.image, bytes, boxes: regionsShown(result) };
}

function regionsShown({ entities, regions }: ExtractionResult): Drawn["boxes"] {
	const shown = new Set(entities.flatMap((entity) => entity.regions.map(({ object }) => object)));
	return regions.filter(({ object }) => shown.has(object));
}

/** The best picture of the page that is small enough. */
async function photograph(html: string): Promise<Uint8Array> {
	const executablePath = findChromium();
	const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: chromiumArgs() });
	try {
		const page = await browser.newPage({ viewport: { width: PAGE_WIDTH, height: 800 } });
		await page.setContent(html);
		for (const quality of QUALITIES) {
			const picture = await page.screenshot({ type: "jpeg", quality, fullPage: true });
			if (picture.length <= MAX_BYTES) return picture;
		}
		throw new Error(`The gallery is larger than ${MAX_BYTES / 1000} KB at every quality: show fewer cases.`);
	} finally {
		await browser.close();
	}
}

const { model } = parseArgs({ options: { model: { type: "string", default: join(root, "models/umie-nano") } } }).values;
const engine = await openNodeEngine(model);
const shown: Drawn[] = [];
for (const [at, post] of CASES.entries()) shown.push(await drawn(engine, post, at + 2));
await engine.close();
const card = join(model, "README.md");
const text = withGallery(readFileSync(card, "utf8"), galleryMarkdown(shown));
const picture = await photograph(galleryPage(shown));
writeFileSync(join(model, "gallery.jpg"), picture);
writeFileSync(card, text);
for (const one of shown)
	console.log([`${isRight(one) ? "right" : "wrong"}  ${one.post.about}`, ...one.judged.wrong].join("\n       "));
console.log(
	`${shown.filter(isRight).length} of ${shown.length} right; gallery.jpg: ${Math.round(picture.length / 1000)} KB`,
);
