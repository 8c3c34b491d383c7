"""Answers cases of the fuzzer: one JSON a line in, one a line out, after a line that says it is ready. Run by pytorch.ts."""
import base64
import json
import math
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "core" / "pytorch"))
from edges import B, E, I, M, filled, flat, packed, put, seq  # noqa: E402

torch.set_num_threads(1)
# MKL-DNN's gradient of GELU is wrong for permuted tensors in this version.
torch.backends.mkldnn.enabled = False
torch._C._set_mkldnn_enabled(False)

kinds = {"f32": (np.float32, torch.float32), "i32": (np.int32, torch.int64), "bool": (np.uint8, torch.bool)}
names = {torch.float32: "f32", torch.float64: "f32", torch.int64: "i32", torch.int32: "i32", torch.bool: "bool"}


def decoded(given, floats):
    kind, dtype = kinds[given["dtype"]]
    dtype = floats if dtype == torch.float32 else dtype
    data = np.frombuffer(base64.b64decode(given["data"]), kind).copy()
    x = torch.from_numpy(data).to(dtype).reshape(given["shape"])
    return x.requires_grad_() if given["grad"] and dtype == floats else x


def encoded(x):
    x = x.detach().resolve_conj() if x.is_conj() else x.detach()
    kind = names[x.dtype]
    data = x.contiguous().numpy()
    if kind == "f32":
        with np.errstate(over="ignore"):
            data = data.astype(np.float32)
    elif kind == "i32":
        data = (data & 0xFFFFFFFF).astype(np.uint32)
    elif kind == "bool":
        data = data.astype(np.uint8)
    return {"dtype": kind, "shape": list(x.shape), "data": base64.b64encode(data.tobytes()).decode()}


def prod(x, dims, keepdim):
    """Over several dimensions."""
    for d in sorted(dims, reverse=True):
        x = x.prod(d, keepdim=keepdim)
    return x if dims else x.prod() if x.dim() == 0 else x


def choose(name, x, dims, keepdim):
    """argmax and argmin over several dimensions, counted row by row."""
    if len(dims) == 0 or x.dim() == 0:
        return getattr(x, name)()
    rest = [d for d in range(x.dim()) if d not in dims]
    y = getattr(x.permute(rest + list(dims)).flatten(len(rest)), name)(-1)
    return y.reshape([1 if d in dims else n for d, n in enumerate(x.shape)]) if keepdim else y


def weighted(y):
    w = torch.from_numpy((np.arange(y.numel(), dtype=np.float64) * 0.13 % 1 + 0.5).astype(np.float32))
    return (y * w.to(y.dtype).reshape(y.shape)).sum()


scope = dict(torch=torch, nn=nn, F=F, math=math, inf=math.inf, I=I, B=B, M=M, E=E, seq=seq, flat=flat, packed=packed, put=put)
scope.update(prod=prod, choose=choose)


def answer(case):
    floats = torch.float64 if case["double"] else torch.float32
    torch.set_default_dtype(floats)
    inputs = [decoded(given, floats) for given in case["inputs"]]
    filled.clear()
    torch.manual_seed(3)
    local = {**scope, **dict(zip("abcdefghij", inputs))}
    *statements, last = case["code"].split("\n")
    if statements:
        exec("\n".join(statements), local)
    outputs = [t for t in flat(eval(last, local))]
    for y in outputs:
        if y.requires_grad:
            weighted(y).backward(retain_graph=True)
    return {
        "outputs": [encoded(y) for y in outputs],
        "gradients": [encoded(x.grad) if x.is_floating_point() and x.grad is not None else None for x in inputs],
        "parameters": {
            f"{i}.{name}": encoded(p.grad)
            for i, module in enumerate(filled)
            for name, p in module.named_parameters()
            if p.grad is not None
        },
    }


print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    case = json.loads(line)
    try:
        result = answer(case)
    except (RuntimeError, IndexError, ValueError, TypeError, AssertionError, NotImplementedError) as error:
        result = {"refused": (str(error) or type(error).__name__).splitlines()[0]}
    except (SyntaxError, NameError, AttributeError, KeyError) as error:
        result = {"broken": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(result) + "\n")
    sys.stdout.flush()
