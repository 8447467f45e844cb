/** French: views that app, element and extension share. */
import type { messages as English } from "../en/ui.ts";
import type { Translation } from "../messages.ts";

export const messages: Translation<typeof English> = {
	"stage.runtime": "Démarrage du moteur d’exécution",
	"stage.load": "Chargement du modèle",
	"stage.download": "Chargement du modèle",
	"stage.verify": "Vérification du modèle",
	"stage.sessions": "Préparation du modèle",
	"stage.image": "Lecture de l’image",
	"stage.regions": "Recherche de régions dans l’image",
	"stage.encode": "Lecture du texte",
	"stage.decode": "Rédaction de la réponse",
	"amount.of": "{done} sur {total}",
	"device.webgpu": "Carte graphique (WebGPU)",
	"device.wasm": "Processeur (WebAssembly)",
	"device.threads": { one: "{device}, {count} thread", other: "{device}, {count} threads" },
	// The language of a text.
	"language.language":
		"Ce texte semble être en {name}, langue pour laquelle le modèle n’a pas été fait : des réponses peuvent être fausses ou manquer.",
	"language.script":
		"Ce texte est dans une écriture pour laquelle le modèle n’a pas été fait ({name}) : des réponses peuvent être fausses ou manquer.",
	"language.other":
		"Ce texte semble être dans une langue pour laquelle le modèle n’a pas été fait : des réponses peuvent être fausses ou manquer.",
	"language.nothing": "Le modèle ne sait pas lire la langue de ce texte et n’y a donc rien trouvé.",
	"language.posts": {
		one: "{count} publication est dans une langue pour laquelle le modèle n’a pas été fait.",
		other: "{count} publications sont dans des langues pour lesquelles le modèle n’a pas été fait.",
	},
};
