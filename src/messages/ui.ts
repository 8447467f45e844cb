/** The messages of views that app, element and extension share. */
import { messages } from "./en/ui.ts";
import { type Area, defineArea } from "./messages.ts";

const area: Area<typeof messages> = defineArea(messages, {
	de: () => import("./de/ui.ts"),
	es: () => import("./es/ui.ts"),
	fr: () => import("./fr/ui.ts"),
	ja: () => import("./ja/ui.ts"),
	zh: () => import("./zh/ui.ts"),
});

export const t: Area<typeof messages>["t"] = area.t;
/** A message whose key comes from data. */
export const find: Area<typeof messages>["find"] = area.find;
export const pieces: Area<typeof messages>["pieces"] = area.pieces;
