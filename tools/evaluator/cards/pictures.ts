/**
 * Composes the pictures of the app's samples and of the gallery in Chromium, from `--photos DIR --logos DIR --flags
 * DIR` (photographs, simple-icons, flag-icons).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright";
import { chromiumArgs, findChromium } from "../../node/browser/find-chromium.ts";

/**
 * In pixels of the picture; `photo`, `logo` (slug) or `flag` (code) says what it is. A logo is one ink, on a board if
 * there is one.
 */
export interface Part {
	readonly photo?: string;
	readonly logo?: string;
	readonly flag?: string;
	readonly left: number;
	readonly top: number;
	readonly width: number;
	readonly height: number;
	readonly ink?: string;
	readonly board?: string;
	/** Per cent cut off above and below: icons are square, words are not. */
	readonly cut?: number;
	/** CSS filter. */
	readonly filter?: string;
	/** Degrees. */
	readonly turn?: number;
}

export interface Sheet {
	readonly size: readonly [width: number, height: number];
	readonly quality: number;
	readonly parts: readonly Part[];
}

const SQUARE = { left: 0, top: 0, width: 512, height: 512 };
const PHOTOGRAPHER: Part = { ...SQUARE, photo: "camera.png" };
const ASTRONAUT: Part = { ...SQUARE, photo: "astronaut.png" };

/** A flag or a board on a wall of bricks. */
const onWall = (part: Pick<Part, "flag" | "logo" | "ink" | "board">): Sheet => {
	const side =
		part.flag === undefined
			? { left: 140, width: 280, height: 280, turn: 2 }
			: { left: 110, width: 340, height: 255, turn: -2 };
	const wall: Part = {
		photo: "brick.png",
		left: -40,
		top: -110,
		width: 640,
		height: 640,
		turn: 90,
		filter: "sepia(.45) saturate(1.3) brightness(.95)",
	};
	return { size: [560, 420], quality: 74, parts: [wall, { ...part, top: 70, ...side }] };
};

const asItIs = (photo: string, width: number, height: number, quality = 74): Sheet => ({
	size: [width, height],
	quality,
	parts: [{ photo, left: 0, top: 0, width, height }],
});

/** By path in the repository. */
export const SHEETS: Readonly<Record<string, Sheet>> = {
	"public/samples/astronaut.jpg": { size: [512, 512], quality: 84, parts: [ASTRONAUT] },
	"public/samples/photographer.jpg": { size: [512, 512], quality: 80, parts: [PHOTOGRAPHER] },
	"public/samples/flag.jpg": onWall({ flag: "td" }),
	"public/samples/logo.jpg": onWall({ logo: "kia", ink: "#05141f", board: "#fff" }),
	"public/samples/press.jpg": {
		size: [512, 512],
		quality: 80,
		parts: [
			PHOTOGRAPHER,
			{ logo: "nasa", left: 310, top: 22, width: 180, height: 78, cut: 34, ink: "#e03c31", board: "#fff" },
		],
	},
	"tools/evaluator/cards/pictures/jordan-flag.jpg": onWall({ flag: "jo" }),
	"tools/evaluator/cards/pictures/jordan-logo.jpg": onWall({ logo: "jordan", ink: "#fff", board: "#c8102e" }),
	"tools/evaluator/cards/pictures/two-people.jpg": {
		size: [760, 420],
		quality: 74,
		parts: [
			{ ...ASTRONAUT, left: 340, width: 420, height: 420 },
			{ ...PHOTOGRAPHER, left: -40, width: 420, height: 420 },
		],
	},
	"tools/evaluator/cards/pictures/rocket.jpg": asItIs("rocket.jpg", 640, 427),
	"tools/evaluator/cards/pictures/coffee.jpg": asItIs("coffee.png", 480, 320),
	"tools/evaluator/cards/pictures/cat.jpg": asItIs("chelsea.png", 451, 300),
};

const STYLE = "body{margin:0;overflow:hidden}img{position:absolute;box-sizing:border-box}";

const mime = (file: string) =>
	file.endsWith(".svg") ? "image/svg+xml" : file.endsWith(".png") ? "image/png" : "image/jpeg";
const dataUrl = (file: string, bytes: Buffer | string) =>
	`data:${mime(file)};base64,${Buffer.from(bytes).toString("base64")}`;

export interface Folders {
	readonly photos: string;
	readonly logos: string;
	readonly flags: string;
}

function readSource({ photo, logo, flag, ink = "#111", cut = 0 }: Part, { photos, logos, flags }: Folders): string {
	if (photo !== undefined) return dataUrl(photo, readFileSync(join(photos, photo)));
	const file = logo === undefined ? join(flags, "flags/4x3", `${flag}.svg`) : join(logos, "icons", `${logo}.svg`);
	const svg = readFileSync(file, "utf8");
	const seen = `viewBox="0 ${0.24 * cut} 24 ${24 - 0.48 * cut}"`;
	return dataUrl(file, logo === undefined ? svg : svg.replace('viewBox="0 0 24 24"', `fill="${ink}" ${seen}`));
}

function partHtml(part: Part, folders: Folders): string {
	const { left, top, width, height, turn = 0, board, filter = "none", photo } = part;
	const shadow = photo === undefined && (board !== undefined || part.flag !== undefined) ? "0 4px 10px #0009" : "none";
	const padding = board === undefined ? 0 : width * 0.1;
	const place = `left:${left}px;top:${top}px;width:${width}px;height:${height}px;rotate:${turn}deg`;
	const look = `background:${board ?? "none"};padding:${padding}px;filter:${filter};box-shadow:${shadow}`;
	const style = `${place};${look}`;
	return `<img style="${style}" src="${readSource(part, folders)}">`;
}

/** @param to the folder the paths stand in @returns what was made, for a person */
export async function compose(
	sheets: Readonly<Record<string, Sheet>>,
	folders: Folders,
	to: string,
): Promise<string[]> {
	const executablePath = findChromium();
	const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: chromiumArgs() });
	const page = await browser.newPage();
	const made: string[] = [];
	for (const [path, { size, quality, parts }] of Object.entries(sheets)) {
		const [width, height] = size;
		await page.setViewportSize({ width, height });
		await page.setContent(
			`<!doctype html><style>${STYLE}</style>${parts.map((part) => partHtml(part, folders)).join("")}`,
		);
		const picture = await page.screenshot({ type: "jpeg", quality });
		writeFileSync(join(to, path), picture);
		made.push(`${path}: ${width} × ${height}, ${Math.round(picture.length / 1000)} KB`);
	}
	await browser.close();
	return made;
}

if (import.meta.filename === process.argv[1]) {
	const options = { photos: { type: "string" }, logos: { type: "string" }, flags: { type: "string" } } as const;
	const { photos, logos, flags } = parseArgs({ options }).values;
	if (photos === undefined || logos === undefined || flags === undefined)
		throw new Error("--photos, --logos and --flags are needed.");
	for (const line of await compose(SHEETS, { photos, logos, flags }, join(import.meta.dirname, "../../..")))
		console.log(line);
}
