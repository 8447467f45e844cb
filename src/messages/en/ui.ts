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
	// The language of a text.
	"language.language":
		"This text seems to be in {name}, which the model was not made for: expect wrong and missing answers.",
	"language.script":
		"This text is written in a script that the model was not made for ({name}): expect wrong and missing answers.",
	"language.other":
		"This text seems to be in a language that the model was not made for: expect wrong and missing answers.",
	"language.nothing": "The model cannot read the language of this text, so it found nothing in it.",
	"language.posts": {
		one: "{count} post is in a language that the model was not made for.",
		other: "{count} posts are in languages that the model was not made for.",
	},
} as const;
