/**
 * Requests an address: follows redirects, reads what the server says about the file, and fails with something a person
 * can do. The token goes to its own host only.
 */
import { Failure } from "../../../src/core/failure.ts";

const MAX_REDIRECTS = 8;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface RequestOptions {
	/** Where `token` belongs, "https://huggingface.co". */
	readonly endpoint: string;
	readonly token: string | null;
	readonly signal: AbortSignal;
}

export interface Answer {
	readonly response: Response;
	/** Names the content: a hash, an ETag, a date; null when the server says nothing. */
	readonly identity: string | null;
	/** Set when the identity is a SHA-256. */
	readonly sha256: string | null;
	/** Bytes of the whole file, where the server says so. */
	readonly size: number | null;
}

/**
 * @param from first byte asked for
 * @throws Failure `fetch-failed` for a redirect that leads nowhere good; the status is the caller's
 */
export async function request(address: string, from: number, options: RequestOptions): Promise<Answer> {
	let url = parseAddress(address);
	let [etag, size]: [string | null, number | null] = [null, null];
	for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
		const response = await fetch(url, {
			redirect: "manual",
			signal: options.signal,
			headers: headersFor(url, from, options),
		});
		// The hub names hash and size in its own answer, before it sends us to the storage that keeps the bytes.
		etag ??= response.headers.get("x-linked-etag");
		size ??= natural(response.headers.get("x-linked-size"));
		if (!REDIRECTS.has(response.status)) return describe(response, etag, size);
		await response.body?.cancel();
		url = follow(url, response.headers.get("location"));
	}
	throw new Failure("fetch-failed", `${address} redirects too many times.`);
}

/** @throws Failure `usage` for anything but http and https */
export function parseAddress(address: string): URL {
	const url = URL.canParse(address) ? new URL(address) : null;
	if (url === null || !/^https?:$/.test(url.protocol))
		throw new Failure("usage", `${address} is not an http or https address.`);
	if (url.username !== "" || url.password !== "")
		throw new Failure("usage", `${url.host} has a password in its address: remove it.`);
	return url;
}

function follow(from: URL, location: string | null): URL {
	const to = location !== null && URL.canParse(location, from.href) ? parseAddress(new URL(location, from).href) : null;
	if (to === null) throw new Failure("fetch-failed", `${from.host} redirects without an address.`);
	if (from.protocol === "https:" && to.protocol === "http:")
		throw new Failure("fetch-failed", `${from.host} redirects from https to http (${to.host}): refused.`);
	return to;
}

function headersFor(url: URL, from: number, { endpoint, token }: RequestOptions): Record<string, string> {
	// Sizes and hashes are those of the file as it is, so nothing may be compressed on the way.
	const headers: Record<string, string> = { "accept-encoding": "identity", "user-agent": "umie-web" };
	if (from > 0) headers.range = `bytes=${from}-`;
	if (token !== null && mayHearToken(url, endpoint)) headers.authorization = `Bearer ${token}`;
	return headers;
}

/** Over plain http only to this machine. */
function mayHearToken(url: URL, endpoint: string): boolean {
	const local = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
	return url.origin === new URL(endpoint).origin && (url.protocol === "https:" || local);
}

function describe(response: Response, linkedEtag: string | null, linkedSize: number | null): Answer {
	const { headers } = response;
	const tag = linkedEtag ?? headers.get("etag") ?? headers.get("last-modified");
	const identity = tag === null ? null : tag.replace(/^W\//, "").replaceAll('"', "");
	const range = /^bytes (?:\d+-\d+|\*)\/(\d+)$/.exec(headers.get("content-range") ?? "");
	const own =
		range !== null ? natural(range[1]!) : response.status === 200 ? natural(headers.get("content-length")) : null;
	return {
		response,
		identity,
		sha256: identity !== null && /^[\da-f]{64}$/.test(identity) ? identity : null,
		size: linkedSize ?? own,
	};
}

function natural(text: string | null): number | null {
	const value = text === null || !/^\d+$/.test(text) ? Number.NaN : Number(text);
	return Number.isSafeInteger(value) ? value : null;
}

/** Sentences for answers that no second try changes. */
const REFUSALS: Readonly<Record<number, (host: string, sentToken: boolean) => string>> = {
	401: (host, sent) =>
		sent
			? `${host} does not accept the token in HF_TOKEN, or there is no such model.`
			: `${host} requires a login: the model is private or does not exist. Set HF_TOKEN to a token that may read ` +
				`it (${host}/settings/tokens).`,
	403: (host, sent) =>
		sent
			? `${host} refuses: accept the model's terms on its page, with the account of HF_TOKEN.`
			: `${host} refuses: accept the model's terms on its page, then set HF_TOKEN to a token of that account.`,
	404: (host) => `${host} has no such file.`,
	410: (host) => `${host} no longer has the file.`,
};

/** @returns null for an answer worth a second try: 408, 429, 5xx */
export function refusal(
	status: number,
	address: string,
	{ endpoint, token }: Pick<RequestOptions, "endpoint" | "token">,
): Failure | null {
	const url = new URL(address);
	if (status === 408 || status === 429 || status >= 500) return null;
	const sentence =
		REFUSALS[status]?.(url.host, token !== null && mayHearToken(url, endpoint)) ??
		`${url.host} answered with status ${status}.`;
	return new Failure("fetch-failed", `${address} cannot be downloaded: ${sentence}`);
}
