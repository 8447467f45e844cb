/** Formats the numbers of a result for people. */
import type { ExtractionResult } from "../core/result.ts";
import { t } from "../messages/ui.ts";

/** A probability as "93%"; it is never rounded up to 100% or down to 0%. */
export function percent(probability: number): string {
	if (!Number.isFinite(probability)) return "–%";
	const clamped = Math.min(1, Math.max(0, probability));
	if (clamped > 0 && clamped < 0.005) return "< 1%";
	if (clamped < 1 && clamped >= 0.995) return "> 99%";
	return `${Math.round(clamped * 100)}%`;
}

/** Milliseconds as "8 ms" or "1.25 s". */
export function duration(milliseconds: number): string {
	return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

/** Seconds of a video as "7.5 s" or "2:05". */
export function seconds(value: number): string {
	if (value < 60) return `${Math.round(value * 10) / 10} s`;
	return `${Math.floor(value / 60)}:${String(Math.floor(value % 60)).padStart(2, "0")}`;
}

/** Bytes as "812 kB" or "18.4 MB" (powers of 1000). */
export function byteCount(bytes: number): string {
	if (bytes < 1000) return `${bytes} B`;
	return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Explains the scores of a result. */
export function scoreMeaning(scores: ExtractionResult["scores"]): string {
	if (scores === "calibrated") return t("scores.calibrated");
	return `${t(scores === "candidates" ? "scores.words" : "scores.vocabulary")} ${t("scores.relations")}`;
}

/**
 * A gate value in words: how far the picture moved the model's reading of the text.
 * @param largest gate that the model is known to have
 */
export function gateMeaning(gate: number, largest = 1): string {
	const size = Math.abs(gate);
	if (size < 0.005) return t("gate.none");
	if (size < 0.1) return t("gate.hardly");
	if (size < 0.4 * largest) return t("gate.little");
	return t(size < 0.8 * largest ? "gate.clearly" : "gate.much");
}

/** `image_encoder` as "Image encoder". */
export function stageName(stage: string): string {
	const words = stage.replaceAll("_", " ");
	return words.charAt(0).toUpperCase() + words.slice(1);
}
