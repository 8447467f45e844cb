"""Reads and writes safetensors files and Hugging Face folders. Headers come from outside and are checked before use."""
import json
import math
import mmap
import os
import struct

import torch

TORCH_OF = {
    "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
    "I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8, "BOOL": torch.bool,
}
NAME_OF = {dtype: name for name, dtype in TORCH_OF.items()}
MAX_HEADER_BYTES = 100_000_000


class BadSafetensors(ValueError):
    """A file that contradicts its header, or has none."""


def read_header(data: memoryview, path: str) -> tuple[dict, int]:
    """The JSON header and where the tensors begin. https://github.com/huggingface/safetensors#format"""
    if len(data) < 8:
        raise BadSafetensors(f"{path}: {len(data)} bytes are too few for a safetensors file")
    (length,) = struct.unpack("<Q", data[:8])
    if length > min(MAX_HEADER_BYTES, len(data) - 8):
        raise BadSafetensors(f"{path}: header of {length} bytes in a file of {len(data)}")
    try:
        header = json.loads(bytes(data[8 : 8 + length]))
    except ValueError as problem:
        raise BadSafetensors(f"{path}: the header is not valid JSON: {problem}") from problem
    if not isinstance(header, dict):
        raise BadSafetensors(f"{path}: the header is not an object")
    header.pop("__metadata__", None)
    return header, 8 + length


def tensor_at(data: memoryview, base: int, name: str, entry: dict, path: str) -> torch.Tensor:
    """A copy of one tensor, after its shape, type and place agree."""
    try:
        dtype, shape, (start, end) = TORCH_OF[entry["dtype"]], entry["shape"], entry["data_offsets"]
        size = math.prod(shape) * torch.empty(0, dtype=dtype).element_size()
        right = (
            all(isinstance(n, int) and n >= 0 for n in [*shape, start])
            and end - start == size
            and base + end <= len(data)
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise BadSafetensors(f"{path}: bad entry for {name!r}: {problem}") from problem
    if not right:
        raise BadSafetensors(f"{path}: {name!r} says {entry['dtype']} {shape} at {start}–{end}, which does not fit")
    if size == 0:
        return torch.empty(shape, dtype=dtype)
    return torch.frombuffer(bytearray(data[base + start : base + end]), dtype=dtype).reshape(shape)


def load_file(path: str) -> dict[str, torch.Tensor]:
    """All tensors of one file, by name."""
    with open(path, "rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            raise BadSafetensors(f"{path} is empty")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped, memoryview(mapped) as data:
            header, base = read_header(data, path)
            return {name: tensor_at(data, base, name, entry, path) for name, entry in header.items()}


def read_metadata(path: str) -> dict[str, str]:
    """What the writer noted in the header."""
    with open(path, "rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        if length > MAX_HEADER_BYTES:
            raise BadSafetensors(f"{path}: a header of {length} bytes")
        try:
            metadata = json.loads(file.read(length)).get("__metadata__", {})
        except (ValueError, AttributeError) as problem:
            raise BadSafetensors(f"{path}: the header is not a JSON object: {problem}") from problem
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise BadSafetensors(f"{path}: __metadata__ holds more than strings")
    return metadata


def load_folder(folder: str) -> dict[str, torch.Tensor]:
    """`model.safetensors`, or the shards that `model.safetensors.index.json` names, as Hugging Face writes them."""
    index = os.path.join(folder, "model.safetensors.index.json")
    if not os.path.exists(index):
        return load_file(os.path.join(folder, "model.safetensors"))
    with open(index, encoding="utf-8") as file:
        shards = sorted(set(json.load(file)["weight_map"].values()))
    tensors: dict[str, torch.Tensor] = {}
    for shard in shards:
        if os.path.basename(shard) != shard:
            raise BadSafetensors(f"{index}: {shard!r} is outside the folder")
        tensors.update(load_file(os.path.join(folder, shard)))
    return tensors


def save_file(path: str, tensors: dict[str, torch.Tensor], metadata: dict[str, str] | None = None) -> None:
    """Tensors in the order of their names, the header padded to 8 bytes. Written beside and renamed, so a broken run
    leaves no half file."""
    header: dict = {"__metadata__": metadata} if metadata else {}
    names, at = sorted(tensors), 0
    for name in names:
        tensor = tensors[name]
        size = tensor.numel() * tensor.element_size()
        header[name] = {"dtype": NAME_OF[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path + ".part", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name in names:
            tensor = tensors[name].detach().cpu().contiguous()
            file.write((tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor).numpy().tobytes())
    os.replace(path + ".part", path)
