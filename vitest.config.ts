/** Goes in: `x.test.ts` beside `x.ts`, everywhere. Comes out: the unit tests, in Node. */
import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		include: ["src/**/*.test.ts", "workers/**/*.test.ts", "tools/**/*.test.ts"],
		// Sessions over whole models take seconds on a busy machine.
		testTimeout: 60_000,
		hookTimeout: 60_000,
	},
});
