/** The names that posts and our own kinds have in linked data. */
import { wellFormed } from "./offsets.ts";

/** Names of our own kinds, and of posts that have no address. */
export const UMIE = "urn:x-umie:";

export const postIri = (id: string): string => `${UMIE}post:${encodeURIComponent(wellFormed(id))}`;
