/** What is compiled into the WebAssembly files that we ship: their packages carry no notices of it. */

type Terms = "MIT" | "BSD-3-Clause" | "Apache-2.0" | "Apache-2.0 WITH LLVM-exception" | "MPL-2.0" | "BSL-1.0" | "IJG";

interface Component {
	readonly name: string;
	readonly terms: Terms;
	readonly copyright: string;
	readonly source: string;
}

const RUNTIME: readonly Component[] = [
	{
		name: "ONNX Runtime",
		terms: "MIT",
		copyright: "Copyright (c) Microsoft Corporation",
		source: "https://github.com/microsoft/onnxruntime",
	},
	{
		name: "Abseil",
		terms: "Apache-2.0",
		copyright: "Copyright The Abseil Authors",
		source: "https://github.com/abseil/abseil-cpp",
	},
	{
		name: "Boost.Mp11",
		terms: "BSL-1.0",
		copyright: "Copyright 2015-2023 Peter Dimov",
		source: "https://github.com/boostorg/mp11",
	},
	{
		name: "date",
		terms: "MIT",
		copyright: "Copyright (c) 2015-2018 Howard Hinnant and contributors",
		source: "https://github.com/HowardHinnant/date",
	},
	{
		name: "Eigen",
		terms: "MPL-2.0",
		copyright: "Copyright Gael Guennebaud, Benoit Jacob and contributors",
		source: "https://gitlab.com/libeigen/eigen",
	},
	{
		name: "FlatBuffers",
		terms: "Apache-2.0",
		copyright: "Copyright Google LLC",
		source: "https://github.com/google/flatbuffers",
	},
	{
		name: "GSL",
		terms: "MIT",
		copyright: "Copyright (c) 2015 Microsoft Corporation",
		source: "https://github.com/microsoft/GSL",
	},
	{
		name: "JSON for Modern C++",
		terms: "MIT",
		copyright: "Copyright (c) 2013-2022 Niels Lohmann",
		source: "https://github.com/nlohmann/json",
	},
	{
		name: "ONNX",
		terms: "Apache-2.0",
		copyright: "Copyright (c) ONNX Project Contributors",
		source: "https://github.com/onnx/onnx",
	},
	{
		name: "Protocol Buffers",
		terms: "BSD-3-Clause",
		copyright: "Copyright 2008 Google Inc.",
		source: "https://github.com/protocolbuffers/protobuf",
	},
	{
		name: "RE2",
		terms: "BSD-3-Clause",
		copyright: "Copyright (c) 2009 The RE2 Authors",
		source: "https://github.com/google/re2",
	},
	{
		name: "SafeInt",
		terms: "MIT",
		copyright: "Copyright (c) 2018 Microsoft",
		source: "https://github.com/dcleblanc/SafeInt",
	},
];

const EMSCRIPTEN: readonly Component[] = [
	{
		name: "Emscripten",
		terms: "MIT",
		copyright: "Copyright (c) 2010-2014 Emscripten authors",
		source: "https://github.com/emscripten-core/emscripten",
	},
	{
		name: "musl",
		terms: "MIT",
		copyright: "Copyright (c) 2005-2020 Rich Felker, et al.",
		source: "https://musl.libc.org",
	},
	{
		name: "LLVM libc++ and compiler-rt",
		terms: "Apache-2.0 WITH LLVM-exception",
		copyright: "Copyright The LLVM Project contributors",
		source: "https://github.com/llvm/llvm-project",
	},
];

const DAWN: Component = {
	name: "Dawn and Tint",
	terms: "BSD-3-Clause",
	copyright: "Copyright 2017-2024 The Dawn & Tint Authors",
	source: "https://dawn.googlesource.com/dawn",
};

const JPEG: Component = {
	name: "MozJPEG (with libjpeg-turbo)",
	terms: "IJG",
	copyright: "Copyright (C) 1991-2018 Thomas G. Lane, Guido Vollbeding; (C) 2009-2020 D. R. Commander; (C) Mozilla",
	source: "https://github.com/mozilla/mozjpeg",
};
const PNG: Component = {
	name: "png (Rust)",
	terms: "MIT",
	copyright: "Copyright (c) 2015 nwin",
	source: "https://github.com/image-rs/image-png",
};
const WEBP: Component = {
	name: "libwebp",
	terms: "BSD-3-Clause",
	copyright: "Copyright (c) 2010 Google Inc.",
	source: "https://chromium.googlesource.com/webm/libwebp",
};

interface WasmFile {
	/** Under node_modules. */
	readonly path: string;
	/** SHA-256 of the file that this list was made for: another version may hold something else. */
	readonly sha256: string;
	readonly holds: readonly Component[];
}

/** Every WebAssembly file that a page, an extension or the command line loads. */
export const WASM_FILES: readonly WasmFile[] = [
	{
		path: "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
		sha256: "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
		holds: [...RUNTIME, ...EMSCRIPTEN],
	},
	{
		path: "onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.wasm",
		sha256: "39f9f0894d478800487ed9f7dbe92618498db320cf55c8e3d89adff8dce658da",
		holds: [...RUNTIME, DAWN, ...EMSCRIPTEN],
	},
	{
		path: "onnxruntime-web/dist/ort-wasm-simd-threaded.jspi.wasm",
		sha256: "a54c76f86b0f0d9572380cf1c6292a7b3903716ffcbcd6b0e5c7050bf430eb93",
		holds: [...RUNTIME, DAWN, ...EMSCRIPTEN],
	},
	{
		path: "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm",
		sha256: "a7c4b12169817e779ff4af137981393ae924944e167ad1bd95747c9199162d3e",
		holds: [JPEG, ...EMSCRIPTEN],
	},
	{
		path: "@jsquash/png/codec/pkg/squoosh_png_bg.wasm",
		sha256: "263d6e658808a74b72a1a99c5cc1d619237e70c150db6e41d5d84d3d117ab9be",
		holds: [PNG],
	},
	{
		path: "@jsquash/webp/codec/dec/webp_dec.wasm",
		sha256: "30fb52fa2a80166d25ba7debf902218904ba1f05ccce9f959f722beff9e2f344",
		holds: [WEBP, ...EMSCRIPTEN],
	},
];

/** What the terms ask to travel with binaries. */
const TEXTS: Readonly<Record<Terms, string>> = {
	MIT: `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`,
	"BSD-3-Clause": `Redistribution and use in source and binary forms, with or without modification, are permitted
provided that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this list of conditions and the following
   disclaimer.
2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following
   disclaimer in the documentation and/or other materials provided with the distribution.
3. Neither the name of the copyright holder nor the names of its contributors may be used to endorse or promote products
   derived from this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES,
INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL,
SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY,
WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.`,
	"Apache-2.0": "The text of the Apache License 2.0 is in LICENSE, beside this file.",
	"Apache-2.0 WITH LLVM-exception":
		"Apache License 2.0 (LICENSE, beside this file) with the LLVM exception: parts that a compiler puts into " +
		"a binary may be distributed without the notices of sections 4(a), 4(b) and 4(d).",
	"MPL-2.0":
		"Unmodified files under the Mozilla Public License 2.0, https://mozilla.org/MPL/2.0/. The source is at " +
		"the address above.",
	"BSL-1.0": "Boost Software License 1.0, https://www.boost.org/LICENSE_1_0.txt; binaries need no notice.",
	IJG:
		"This software is based in part on the work of the Independent JPEG Group. libjpeg-turbo's own parts are " +
		"under the BSD-3-Clause licence (text in this file) and the zlib licence.",
};

/** The notices of everything inside, each component once, each text once. */
export function wasmNotices(): string {
	const components = [...new Map(WASM_FILES.flatMap(({ holds }) => holds.map((one) => [one.name, one]))).values()];
	const parts = (Object.keys(TEXTS) as Terms[]).flatMap((terms) => {
		const under = components.filter((one) => one.terms === terms);
		if (under.length === 0) return [];
		const names = under.map(({ name, copyright, source }) => `${name}\n  ${copyright}\n  ${source}`);
		return [`${names.join("\n")}\n\n${terms}\n\n${TEXTS[terms]}`];
	});
	return ["Inside the WebAssembly files of ONNX Runtime and of the image decoders:", ...parts].join(
		"\n\n-----------\n\n",
	);
}
