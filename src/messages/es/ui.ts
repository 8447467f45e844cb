/** Spanish: views that app, element and extension share. */
import type { messages as English } from "../en/ui.ts";
import type { Translation } from "../messages.ts";

export const messages: Translation<typeof English> = {
	"stage.runtime": "Iniciando el motor de ejecución",
	"stage.load": "Cargando el modelo",
	"stage.download": "Cargando el modelo",
	"stage.verify": "Comprobando el modelo",
	"stage.sessions": "Preparando el modelo",
	"stage.image": "Leyendo la imagen",
	"stage.regions": "Buscando regiones en la imagen",
	"stage.encode": "Leyendo el texto",
	"stage.decode": "Escribiendo la respuesta",
	"amount.of": "{done} de {total}",
	"device.webgpu": "Tarjeta gráfica (WebGPU)",
	"device.wasm": "Procesador (WebAssembly)",
	"device.threads": { one: "{device}, {count} hilo", other: "{device}, {count} hilos" },
	// The language of a text.
	"language.language":
		"Este texto parece estar en {name}, idioma para el que no se hizo el modelo: puede haber respuestas erróneas o faltar algunas.",
	"language.script":
		"Este texto usa una escritura para la que no se hizo el modelo ({name}): puede haber respuestas erróneas o faltar algunas.",
	"language.other":
		"Este texto parece estar en un idioma para el que no se hizo el modelo: puede haber respuestas erróneas o faltar algunas.",
	"language.nothing": "El modelo no puede leer el idioma de este texto y por eso no encontró nada en él.",
	"language.posts": {
		one: "{count} publicación está en un idioma para el que no se hizo el modelo.",
		other: "{count} publicaciones están en idiomas para los que no se hizo el modelo.",
	},
};
