/** The package without its element: extraction as functions, and every type of a result. */
export type { EngineInfo, Progress } from "../client/protocol.ts";
export { Failure, type FailureCode, type FailureData } from "../core/failure.ts";
export type { Entity, EventArgument, ExtractedEvent, ExtractionResult, Region, Relation } from "../core/result.ts";
export type { ExtractRequest, Labels } from "../tasks/request.ts";
export type { RequestableTask } from "../tasks/types.ts";
export { setAssets } from "./assets.ts";
export {
	createExtractor,
	type ExtractCall,
	type Extractor,
	type ExtractorOptions,
	type ImageSource,
} from "./extractor.ts";
