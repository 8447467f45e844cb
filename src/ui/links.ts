/** Says what belongs to the thing that is pointed at, so that text, boxes and lists light up together. */
import { useEffect, useState } from "react";
import type { ExtractionResult } from "../core/result.ts";

/** One drawn thing: `entity:e1`, `region:O3`, `relation:r1`, `event:v1`. */
export type Link = `${"entity" | "region" | "relation" | "event"}:${string}`;

/** Props of everything that draws a part of a result and lights up with the other parts. */
export interface FocusProps {
	readonly result: ExtractionResult;
	/** Everything that lights up. */
	readonly lit: ReadonlySet<Link>;
	/** The chosen thing. */
	readonly selected: Link | null;
}

const KINDS = ["entity:", "region:", "relation:", "event:"];
const isLink = (value: string | undefined): value is Link =>
	value !== undefined && KINDS.some((kind) => value.startsWith(kind));

/**
 * The thing itself and its neighbours: an entity's regions, a region's entities, a relation's two ends, an event's
 * arguments, the other mentions of a thing.
 */
export function linked(result: ExtractionResult, link: Link | null): ReadonlySet<Link> {
	const found = new Set<Link>();
	if (link === null) return found;
	found.add(link);
	for (const { id, regions } of result.entities) {
		const own = regions.map(({ object }): Link => `region:${object}`);
		if (link === `entity:${id}`) for (const region of own) found.add(region);
		if (own.includes(link)) found.add(`entity:${id}`);
	}
	for (const { id, head, tail, region } of result.relations) {
		const ends = [head, tail].map((end): Link => (region?.object === end ? `region:${end}` : `entity:${end}`));
		if (link === `relation:${id}`) for (const end of ends) found.add(end);
		if (region && ends.includes(link)) found.add(`relation:${id}`);
	}
	// The other mentions of the same thing.
	const same = result.things?.find(({ entities }) => entities.some((entity) => link === `entity:${entity}`));
	for (const entity of same?.entities ?? []) found.add(`entity:${entity}`);
	for (const { id, arguments: roles } of result.events) {
		const parts = roles.flatMap(({ entity, region }): Link[] => [
			...(entity === null ? [] : [`entity:${entity}` as const]),
			...(region === null ? [] : [`region:${region.object}` as const]),
		]);
		if (link === `event:${id}`) for (const part of parts) found.add(part);
		if (parts.includes(link)) found.add(`event:${id}`);
	}
	return found;
}

/** The link of the nearest element that carries `data-link`. */
function linkAt(target: EventTarget | null): Link | null {
	const element = target instanceof Element ? target.closest<HTMLElement | SVGElement>("[data-link]") : null;
	const link = element?.dataset.link;
	return isLink(link) ? link : null;
}

interface Pointing {
	/** Under the pointer or focused. */
	readonly active: Link | null;
	/** Chosen by a click or Enter; it stays chosen. */
	readonly selected: Link | null;
}

/**
 * Listens once on `root` for everything inside that carries `data-link`: hover and focus point at it, a click chooses
 * it or lets go of it.
 */
export function usePointing(root: HTMLElement | null): Pointing {
	const [active, setActive] = useState<Link | null>(null);
	const [selected, select] = useState<Link | null>(null);
	useEffect(() => {
		if (!root) return;
		const stop = new AbortController();
		const { signal } = stop;
		const point = (event: Event) => setActive(linkAt(event.target));
		root.addEventListener("pointerover", point, { signal });
		root.addEventListener("focusin", point, { signal });
		root.addEventListener("pointerleave", () => setActive(null), { signal });
		root.addEventListener("focusout", () => setActive(null), { signal });
		root.addEventListener(
			"click",
			(event) => {
				const link = linkAt(event.target);
				if (link) select((before) => (before === link ? null : link));
			},
			{ signal },
		);
		return () => stop.abort();
	}, [root]);
	return { active, selected };
}
