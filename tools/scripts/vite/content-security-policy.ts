/** A Vite plugin that gives a built page a strict content security policy. */
import type { Plugin } from "vite";

const POLICY = {
	"default-src": "'self'",
	"script-src": "'self' 'wasm-unsafe-eval'",
	"worker-src": "'self' blob:",
	"img-src": "'self' blob: data:",
	// Videos are read frame by frame inside the page.
	"media-src": "'self' blob:",
	"style-src": "'self'",
	// A model may come from any server the person names; nothing else is fetched.
	"connect-src": "'self' blob: https: http://localhost:* http://127.0.0.1:*",
	"object-src": "'none'",
	"base-uri": "'none'",
	"form-action": "'none'",
};

/** In builds only: Vite's development server needs inline scripts. */
export function contentSecurityPolicy(): Plugin {
	const content = Object.entries(POLICY)
		.map(([name, sources]) => `${name} ${sources}`)
		.join("; ");
	return {
		name: "umie:content-security-policy",
		apply: "build",
		transformIndexHtml: () => [
			{ tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content }, injectTo: "head-prepend" },
		],
	};
}
