"""
Writes draws.json: what PyTorch draws for the cases of draws.txt and the layers of stateDict.txt, and what it draws next, so that the number of
draws is known too. Run: python3 test/core/pytorch/draws.py [folder]
"""
import base64
import hashlib
import json
import sys
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F

here = Path(__file__).parent
# The last one is modulo 2^64, of which 32 bits count.
seeds = [0, 1234, -3]
# Elements up to which they are written down; of more, a hash, where they are compared to the last bit.
most = 16


def written(tensor, in_full=False):
    tensor = tensor.detach().contiguous()
    data = tensor.to(torch.float32 if tensor.is_floating_point() else torch.int32).numpy().tobytes()
    return base64.b64encode(data).decode() if in_full or tensor.numel() <= most else hashlib.sha256(data).hexdigest()


def follows_batches(name):
    return name.split(".")[-1] in ("running_mean", "running_var", "num_batches_tracked")


def is_rounded(name):
    """Vectors that were divided by their length."""
    return name[-2:] in ("_g", "_u", "_v")


def tensors(value, in_full):
    if isinstance(value, nn.Module):
        return [[name, written(t, in_full or is_rounded(name))] for name, t in value.state_dict().items() if not follows_batches(name)]
    return [["", written(t, in_full)] for t in (value if isinstance(value, list) else [value])]


def drawn(expression, in_full):
    by_seed = {}
    for seed in seeds:
        torch.manual_seed(seed)
        value = eval(expression)
        after = [torch.randint(0, 2 ** 31 - 1, (2,)), torch.randn(1)]
        by_seed[seed] = {"tensors": tensors(value, in_full), "next": [written(t) for t in after]}
    return by_seed


cases = []
for file in ("stateDict.txt", "draws.txt"):
    for line in (here / file).read_text().splitlines():
        if line.strip() == "" or line.startswith("#"):
            continue
        exact = " ~~ " not in line
        ours, theirs = [part.strip() for part in line.split(" ;; " if exact else " ~~ ")]
        cases.append({"ours": ours, "exact": exact, "drawn": drawn(theirs, not exact)})
(Path(sys.argv[1]) if len(sys.argv) > 1 else here).joinpath("draws.json").write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
