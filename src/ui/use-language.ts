/** Draws a view again when the language changes. */
import { useSyncExternalStore } from "react";
import { type Language, language, onLanguage } from "../messages/messages.ts";

export const useLanguage = (): Language => useSyncExternalStore(onLanguage, language, language);
