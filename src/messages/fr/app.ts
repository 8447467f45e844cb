/** French: the app. */
import type { messages as English } from "../en/app.ts";
import type { Translation } from "../messages.ts";

export const messages: Translation<typeof English> = {
	"header.headline":
		"Trouvez les personnes, les lieux, les relations et les événements d’une publication et de son image",
	"header.promise":
		"Le modèle fonctionne dans cette page. Rien de ce que vous saisissez ou déposez ne quitte votre navigateur.",
	"header.views": "Vues",
	"header.skip": "Aller au résultat",
	"header.language": "Langue",
	"header.languageAuto": "Langue du navigateur",
	"header.languageFailed": "Les textes de cette langue n’ont pas pu être chargés.",
	"header.theme": "Thème : {theme}",
	"theme.auto": "comme le système",
	"theme.light": "clair",
	"theme.dark": "sombre",
	"view.post": "Une publication",
	"view.many": "Plusieurs publications",
	"view.docs": "Sur votre page",
	"status.model": "Modèle",
	"status.loading": "Chargement de {name}…",
	"status.loadingShare": "Chargement de {name}… {share}",
	"status.failed": "{name} n’a pas pu être chargé",
	"status.closed": "{name}, pas encore chargé",
	"status.open": "{name} sur {device}",
	"page.loading": "Chargement…",
	"toast.undo": "Annuler",
	"toast.dismiss": "Fermer",
	"toast.dismissMessage": "Fermer le message",
	"failure.retry": "Réessayer",
	"failure.code": "Votre publication est toujours là. Code d’erreur : {code}",
};
