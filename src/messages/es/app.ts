/** Spanish: the app. */
import type { messages as English } from "../en/app.ts";
import type { Translation } from "../messages.ts";

export const messages: Translation<typeof English> = {
	"header.headline": "Encuentre las personas, los lugares, las relaciones y los eventos de una publicación y su imagen",
	"header.promise":
		"El modelo funciona dentro de esta página. Nada de lo que escriba o suelte aquí sale de su navegador.",
	"header.views": "Vistas",
	"header.skip": "Ir al resultado",
	"header.language": "Idioma",
	"header.languageAuto": "Idioma del navegador",
	"header.languageFailed": "No se pudieron cargar los textos de este idioma.",
	"header.theme": "Tema: {theme}",
	"theme.auto": "como el sistema",
	"theme.light": "claro",
	"theme.dark": "oscuro",
	"view.post": "Una publicación",
	"view.many": "Muchas publicaciones",
	"view.docs": "En su página",
	"status.model": "Modelo",
	"status.loading": "Cargando {name}…",
	"status.loadingShare": "Cargando {name}… {share}",
	"status.failed": "No se pudo cargar {name}",
	"status.closed": "{name}, aún sin cargar",
	"status.open": "{name} en {device}",
	"page.loading": "Cargando…",
	"toast.undo": "Deshacer",
	"toast.dismiss": "Descartar",
	"toast.dismissMessage": "Descartar el mensaje",
	"failure.retry": "Reintentar",
	"failure.code": "Su publicación sigue aquí. Código de error: {code}",
};
