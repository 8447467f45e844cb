/** Computes SHA-256, in hexadecimal. */

/**
 * Rounds of FIPS 180-4, section 4.2.2: first 32 bits of the fractional parts of the cube roots of the first 64 primes.
 */
const K = Uint32Array.from(firstPrimes(64), (prime) => fraction(Math.cbrt(prime)));
const INITIAL = Uint32Array.from(firstPrimes(8), (prime) => fraction(Math.sqrt(prime)));

/**
 * @param subtle the browser's own, which pages on plain http other than localhost do not have: then it is computed
 *   here, at about 60 MB/s instead of 800
 * @returns 64 lower-case hexadecimal digits
 */
export async function sha256(
	bytes: Uint8Array<ArrayBuffer>,
	subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle,
): Promise<string> {
	const digest = subtle ? new Uint8Array(await subtle.digest("SHA-256", bytes)) : digestHere(bytes);
	return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function digestHere(bytes: Uint8Array): Uint8Array {
	const state = INITIAL.slice();
	const whole = bytes.length - (bytes.length % 64);
	const message = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	for (let at = 0; at < whole; at += 64) compress(state, message, at);
	const tail = new Uint8Array(bytes.length % 64 < 56 ? 64 : 128);
	tail.set(bytes.subarray(whole));
	tail[bytes.length % 64] = 0x80;
	const padded = new DataView(tail.buffer);
	padded.setBigUint64(tail.length - 8, BigInt(bytes.length) * 8n);
	for (let at = 0; at < tail.length; at += 64) compress(state, padded, at);
	const digest = new DataView(new ArrayBuffer(32));
	state.forEach((word, i) => {
		digest.setUint32(i * 4, word);
	});
	return new Uint8Array(digest.buffer);
}

const schedule = new Uint32Array(64);

/** One block of 64 bytes into `state` [8] (FIPS 180-4, section 6.2.2). */
function compress(state: Uint32Array, message: DataView, at: number): void {
	const w = schedule;
	for (let t = 0; t < 16; t++) w[t] = message.getUint32(at + t * 4);
	for (let t = 16; t < 64; t++) {
		const a = w[t - 15]!;
		const b = w[t - 2]!;
		w[t] =
			w[t - 16]! +
			w[t - 7]! +
			(rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)) +
			(rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10));
	}
	let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
	for (let t = 0; t < 64; t++) {
		const one = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + K[t]! + w[t]!) | 0;
		const two = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
		[h, g, f, e] = [g, f, e, (d + one) | 0];
		[d, c, b, a] = [c, b, a, (one + two) | 0];
	}
	[a, b, c, d, e, f, g, h].forEach((word, i) => {
		state[i] = state[i]! + word;
	});
}

function rotate(word: number, by: number): number {
	return (word >>> by) | (word << (32 - by));
}

function fraction(root: number): number {
	return Math.floor((root - Math.floor(root)) * 2 ** 32);
}

function firstPrimes(count: number): number[] {
	const primes: number[] = [];
	for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
	return primes;
}
