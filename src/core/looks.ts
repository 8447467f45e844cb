/** Gives each type a hue and a line style: the same every time, and readable without colour. */

/**
 * Okabe and Ito's colour-blind safe hues, as the classes `hue-…` of ui/hues.css. `ink` is the hue as text on white: at
 * least 4.5 : 1 on its tint.
 */
export const HUE_COLOURS = {
	blue: { hue: "#0072b2", ink: "#004f7c" },
	vermillion: { hue: "#d55e00", ink: "#8a3c00" },
	green: { hue: "#009e73", ink: "#005c43" },
	purple: { hue: "#cc79a7", ink: "#7c2d58" },
	orange: { hue: "#e69f00", ink: "#6b4800" },
	sky: { hue: "#56b4e9", ink: "#0c5478" },
	yellow: { hue: "#d3c21f", ink: "#575000" },
	grey: { hue: "#8b8a85", ink: "#4d4c48" },
} as const;
export type Hue = keyof typeof HUE_COLOURS;
export const HUES = Object.keys(HUE_COLOURS) as readonly Hue[];

/** Line styles tell types apart where two share a hue, and for those who see no hues. */
const LINES = ["solid", "dashed", "dotted", "double"] as const;
type Line = (typeof LINES)[number];

export interface Look {
	readonly hue: Hue;
	readonly line: Line;
}

/** The types that most models know look the same in every model. */
const KNOWN: Readonly<Record<string, Look>> = {
	person: { hue: "blue", line: "solid" },
	organization: { hue: "orange", line: "solid" },
	location: { hue: "green", line: "solid" },
	miscellaneous: { hue: "purple", line: "solid" },
};

/** FNV-1a, 32 bit: spreads short names well and needs no library. */
function hash(name: string): number {
	let value = 0x811c9dc5;
	for (const unit of name) value = Math.imul(value ^ (unit.codePointAt(0) ?? 0), 0x01000193);
	return value >>> 0;
}

/** The look of an entity type; custom types take theirs from their name. */
export function lookOfType(type: string): Look {
	const name = type.trim().toLowerCase();
	const known = Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined;
	if (known) return known;
	const spread = hash(name);
	// Grey is left out: it belongs to argument roles. Solid is left out: it belongs to the known types.
	return { hue: HUES[spread % 7] ?? "blue", line: LINES[1 + (Math.floor(spread / 7) % 3)] ?? "dashed" };
}

/** Triggers stand out from entities, whatever the event's type. */
export const TRIGGER_LOOK: Look = { hue: "vermillion", line: "double" };
export const ARGUMENT_LOOK: Look = { hue: "grey", line: "dotted" };
