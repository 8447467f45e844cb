/** The messages of the app alone. */
import { messages } from "./en/app.ts";
import { type Area, defineArea } from "./messages.ts";

const area: Area<typeof messages> = defineArea(messages, {
	de: () => import("./de/app.ts"),
	es: () => import("./es/app.ts"),
	fr: () => import("./fr/app.ts"),
	ja: () => import("./ja/app.ts"),
	zh: () => import("./zh/app.ts"),
});

export const t: Area<typeof messages>["t"] = area.t;
export const pieces: Area<typeof messages>["pieces"] = area.pieces;
