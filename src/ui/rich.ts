/** Lets a message hold elements: `rich(pieces("docs.hosting", { name: <code>script-src</code> }))`. */
import { createElement, Fragment, type ReactNode } from "react";

export const rich = (pieces: readonly ReactNode[]): ReactNode => createElement(Fragment, null, ...pieces);
