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
};
