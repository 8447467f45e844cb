/** Goes in: questions of a page about pictures. Comes out: boxes. A thread of its own: it ends when it is cancelled, with all the memory it took. */

import type { DetectorAnswer, DetectorQuestion } from "../src/client/detector-protocol.ts";
import { settle } from "../src/core/failure.ts";
import { createDetect } from "./detect/detect.ts";
import { loadHubPipeline } from "./detect/hub-pipeline.ts";
import { browserDecoder } from "./vision/decode.ts";

const detect = createDetect({ decode: browserDecoder, load: loadHubPipeline, isOffline: () => !navigator.onLine });
const say = (answer: DetectorAnswer): void => postMessage(answer);

addEventListener("message", async ({ data }: MessageEvent<DetectorQuestion>) => {
	const { id, request } = data;
	const outcome = await settle(() => detect(request, (progress) => say({ id, progress })));
	say({ id, outcome });
});
