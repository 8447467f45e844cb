/** The looks of types (core/looks.ts) as classes of hues.css. */
import type { Look } from "../core/looks.ts";

export { ARGUMENT_LOOK, HUES, type Look, lookOfType, TRIGGER_LOOK } from "../core/looks.ts";

/** The classes of a look, for `className`. */
export const lookClass = ({ hue, line }: Look): string => `hue-${hue} line-${line}`;
