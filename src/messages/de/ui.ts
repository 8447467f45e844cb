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
};
