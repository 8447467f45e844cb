"""Shows which safetensors files are read and which are refused."""
import json
import os
import struct
import tempfile
import unittest

import torch

from safetensors_file import BadSafetensors, load_file, load_folder, save_file


def raw(header: object, data: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


class SafetensorsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, content: bytes) -> str:
        path = os.path.join(self.folder.name, "x.safetensors")
        with open(path, "wb") as file:
            file.write(content)
        return path

    def test_what_is_written_is_read_back_in_every_type(self) -> None:
        path = os.path.join(self.folder.name, "x.safetensors")
        tensors = {
            name: torch.tensor([[1, 2, 3]]).to(dtype)
            for name, dtype in (("a", torch.float32), ("b", torch.bfloat16), ("c", torch.int64))
        }
        save_file(path, {**tensors, "empty": torch.zeros(0, 2)}, {"note": "x"})
        read = load_file(path)
        self.assertEqual(list(read), ["a", "b", "c", "empty"])
        for name, tensor in tensors.items():
            self.assertTrue(torch.equal(read[name], tensor) and read[name].dtype == tensor.dtype)

    def test_the_format_is_the_published_one(self) -> None:
        read = load_file(
            self.write(raw({"x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}, struct.pack("<2f", 1.5, -2)))
        )
        self.assertEqual(read["x"].tolist(), [1.5, -2.0])

    def test_lies_in_a_header_are_refused(self) -> None:
        entry = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
        for wrong in (
            {"shape": [3]}, {"shape": [-2]}, {"shape": ["2"]}, {"dtype": "F99"},
            {"data_offsets": [0, 4]}, {"data_offsets": [8, 16]}, {"data_offsets": [-8, 0]},
        ):
            with self.subTest(wrong), self.assertRaises(BadSafetensors):
                load_file(self.write(raw({"x": entry | wrong}, bytes(8))))
        for content in (
            b"",
            b"abc",
            struct.pack("<Q", 1 << 40) + b"{}",
            struct.pack("<Q", 2) + b"[]",
            struct.pack("<Q", 2) + b"{{",
        ):
            with self.subTest(content), self.assertRaises(BadSafetensors):
                load_file(self.write(content))

    def test_shards_are_read_together_and_stay_in_their_folder(self) -> None:
        save_file(f"{self.folder.name}/a.safetensors", {"x": torch.ones(1)})
        save_file(f"{self.folder.name}/b.safetensors", {"y": torch.zeros(1)})
        index = f"{self.folder.name}/model.safetensors.index.json"
        with open(index, "w", encoding="utf-8") as file:
            json.dump({"weight_map": {"x": "a.safetensors", "y": "b.safetensors"}}, file)
        self.assertEqual(sorted(load_folder(self.folder.name)), ["x", "y"])
        with open(index, "w", encoding="utf-8") as file:
            json.dump({"weight_map": {"x": "../a.safetensors"}}, file)
        with self.assertRaises(BadSafetensors):
            load_folder(self.folder.name)


if __name__ == "__main__":
    unittest.main()
