/** `<umie-extractor>` as a component of React 19, with its events as props. A server renders the plain tag. */
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef } from "react";
import type { Progress } from "../client/protocol.ts";
import type { FailureData } from "../core/failure.ts";
import type { ExtractionResult } from "../core/result.ts";
import { type ElementAttributes, TAG } from "./contract.ts";
import { defineUmieExtractor, type UmieExtractorElement } from "./element.ts";

/** The element's attributes, its events as functions, and what React adds. */
export interface UmieExtractorProps extends Partial<ElementAttributes> {
	readonly className?: string;
	readonly id?: string;
	/** The text of the post when there is no prop `text`, and elements with slot="header" or slot="footer". */
	readonly children?: ReactNode;
	readonly onResult?: (result: ExtractionResult) => void;
	readonly onProgress?: (progress: Progress) => void;
	readonly onError?: (failure: FailureData) => void;
	readonly ref?: Ref<UmieExtractorElement>;
}

const Tag = TAG as unknown as "div";

/** Defines the element when it is mounted. `ref` gives the element itself. */
export function UmieExtractor({ onResult, onProgress, onError, ref, children, ...attributes }: UmieExtractorProps) {
	const element = useRef<UmieExtractorElement>(null);
	useEffect(defineUmieExtractor, []);
	useImperativeHandle(ref, () => element.current as UmieExtractorElement, []);
	useEffect(() => {
		const current = element.current;
		const stop = new AbortController();
		const { signal } = stop;
		current?.addEventListener("umie-result", ({ detail }) => onResult?.(detail), { signal });
		current?.addEventListener("umie-progress", ({ detail }) => onProgress?.(detail), { signal });
		current?.addEventListener("umie-error", ({ detail }) => onError?.(detail), { signal });
		return () => stop.abort();
	}, [onResult, onProgress, onError]);
	return (
		<Tag ref={element as unknown as Ref<HTMLDivElement>} {...(attributes as object)}>
			{children}
		</Tag>
	);
}
