/** German: the app. */
import type { messages as English } from "../en/app.ts";
import type { Translation } from "../messages.ts";

export const messages: Translation<typeof English> = {
	"header.headline": "Menschen, Orte, Beziehungen und Ereignisse in einem Beitrag und seinem Bild finden",
	"header.promise": "Das Modell läuft in dieser Seite. Nichts, was Sie eingeben oder ablegen, verlässt Ihren Browser.",
	"header.views": "Ansichten",
	"header.skip": "Zum Ergebnis springen",
	"header.language": "Sprache",
	"header.languageAuto": "Sprache des Browsers",
	"header.languageFailed": "Die Texte dieser Sprache konnten nicht geladen werden.",
	"header.theme": "Farbschema: {theme}",
	"theme.auto": "wie im System",
	"theme.light": "hell",
	"theme.dark": "dunkel",
	"view.post": "Ein Beitrag",
	"view.many": "Viele Beiträge",
	"view.docs": "Auf Ihrer Seite",
	"status.model": "Modell",
	"status.loading": "{name} wird geladen …",
	"status.loadingShare": "{name} wird geladen … {share}",
	"status.failed": "{name} konnte nicht geladen werden",
	"status.closed": "{name}, noch nicht geladen",
	"status.open": "{name} auf {device}",
	"page.loading": "Wird geladen …",
	"toast.undo": "Rückgängig",
	"toast.dismiss": "Schließen",
	"toast.dismissMessage": "Meldung schließen",
	"failure.retry": "Erneut versuchen",
	"failure.code": "Ihr Beitrag ist noch da. Fehlercode: {code}",
};
