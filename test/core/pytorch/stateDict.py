"""Writes stateDict.json: names and shapes of PyTorch's state for the layers of stateDict.txt. Run: python3 test/core/pytorch/stateDict.py [folder]"""
import json
import sys
from pathlib import Path

import torch
import torch.nn as nn

here = Path(__file__).parent
layers = []
for line in (here / "stateDict.txt").read_text().splitlines():
    if line.strip() == "" or line.startswith("#"):
        continue
    ours, theirs = [part.strip() for part in line.split(";;")]
    module = eval(theirs)
    state = {name: list(t.shape) for name, t in module.state_dict().items()}
    learnt = [name for name, _ in module.named_parameters()]
    layers.append({"ours": ours, "state": state, "parameters": learnt})
(Path(sys.argv[1]) if len(sys.argv) > 1 else here).joinpath("stateDict.json").write_text("[\n" + ",\n".join(json.dumps(layer) for layer in layers) + "\n]\n")
