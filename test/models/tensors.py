"""Reads and writes safetensors files: 32-bit floats, integers and booleans there, PyTorch's 64-bit ones here."""
import json
import struct

import numpy
import torch

types = {"F32": numpy.float32, "I32": numpy.int32, "BOOL": numpy.bool_}


def read(path):
    data = open(path, "rb").read()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        kind = types[entry["dtype"]]
        flat = numpy.frombuffer(data, kind, (end - begin) // kind().itemsize, 8 + length + begin)
        wide = {"F32": numpy.float64, "I32": numpy.int64, "BOOL": numpy.bool_}[entry["dtype"]]
        tensors[name] = torch.from_numpy(flat.reshape(entry["shape"]).astype(wide))
    return tensors, metadata


def write(path, tensors, metadata):
    header, parts, at = {"__metadata__": metadata}, [], 0
    for name, value in tensors.items():
        part = value.detach().contiguous().numpy()
        part = part.astype(numpy.float32 if value.is_floating_point() else numpy.int32)
        size = part.nbytes
        header[name] = {
            "dtype": "F32" if part.dtype == numpy.float32 else "I32",
            "shape": list(part.shape),
            "data_offsets": [at, at + size],
        }
        parts.append(part)
        at += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for part in parts:
            file.write(part.tobytes())
