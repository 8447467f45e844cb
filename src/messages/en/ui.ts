/** English: views that app, element and extension share. */
export const messages = {
	// Progress and devices.
	"stage.runtime": "Starting the runtime",
	"stage.load": "Loading the model",
	"stage.download": "Loading the model",
	"stage.verify": "Checking the model",
	"stage.sessions": "Preparing the model",
	"stage.image": "Reading the picture",
	"stage.regions": "Finding regions in the picture",
	"stage.encode": "Reading the text",
	"stage.decode": "Writing the answer",
	"amount.of": "{done} of {total}",
	"device.webgpu": "Graphics card (WebGPU)",
	"device.wasm": "Processor (WebAssembly)",
	"device.threads": { one: "{device}, {count} thread", other: "{device}, {count} threads" },
} as const;
