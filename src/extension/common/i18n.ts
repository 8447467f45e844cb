/** The extension's messages in the browser's language. */
import type english from "../_locales/en/messages.json";
import { api } from "./api.ts";

export type MessageKey = keyof typeof english;

/** @param substitutions for $1, $2 … of the message */
export function t(key: MessageKey, ...substitutions: ReadonlyArray<string | number>): string {
	return api.i18n.getMessage(key, substitutions.map(String));
}
