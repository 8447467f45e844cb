/** German: views that app, element and extension share. */
import type { messages as English } from "../en/ui.ts";
import type { Translation } from "../messages.ts";

export const messages: Translation<typeof English> = {
	"stage.runtime": "Laufzeitumgebung wird gestartet",
	"stage.load": "Modell wird geladen",
	"stage.download": "Modell wird geladen",
	"stage.verify": "Modell wird geprüft",
	"stage.sessions": "Modell wird vorbereitet",
	"stage.image": "Bild wird gelesen",
	"stage.regions": "Bereiche im Bild werden gesucht",
	"stage.encode": "Text wird gelesen",
	"stage.decode": "Antwort wird geschrieben",
	"amount.of": "{done} von {total}",
	"device.webgpu": "Grafikkarte (WebGPU)",
	"device.wasm": "Prozessor (WebAssembly)",
	"device.threads": { one: "{device}, {count} Thread", other: "{device}, {count} Threads" },
	// The language of a text.
	"language.language":
		"Dieser Text scheint auf {name} zu sein. Dafür wurde das Modell nicht gemacht: Antworten können falsch sein oder fehlen.",
	"language.script":
		"Dieser Text steht in einer Schrift, für die das Modell nicht gemacht wurde ({name}): Antworten können falsch sein oder fehlen.",
	"language.other":
		"Dieser Text scheint in einer Sprache zu sein, für die das Modell nicht gemacht wurde: Antworten können falsch sein oder fehlen.",
	"language.nothing": "Das Modell kann die Sprache dieses Textes nicht lesen und hat deshalb nichts darin gefunden.",
	"language.posts": {
		one: "{count} Beitrag ist in einer Sprache, für die das Modell nicht gemacht wurde.",
		other: "{count} Beiträge sind in Sprachen, für die das Modell nicht gemacht wurde.",
	},
};
