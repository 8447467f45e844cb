/**
 * The thread of the detector: answers requests about pictures with boxes. A cancel ends the thread and frees its
 * memory.
 */

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
