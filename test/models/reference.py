"""What PyTorch makes of the same networks, in double precision, so that what differs is ours alone.

Reads requests from its input, a line of JSON each, and answers with a line: null, or what went wrong. {"given": file,
"answer": file} asks for values; with "shapes": true for shapes alone, of inputs alone. What is given holds state.KEY, input.NAME and, for networks without a loss of their own, cotangent.N, which output N is multiplied with; its
metadata the network's name, its inputs' order and whether it trains (dropout never does). The answer holds output.N, loss,
gradient.NAME and, after training, buffer.NAME; its metadata the state's shapes and those of what each module gave.
"""
import importlib
import json
import sys
import traceback

import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence
from torchvision.ops import StochasticDepth

import tensors

twins = "bert dcgan deepsets gcn gpt2 llama mixer seq2seq siamese t5 tagger tcn unet vae vision".split()
torch.backends.mkldnn.enabled = False  # Its GELU has wrong gradients after a permute.
torch.set_default_dtype(torch.float64)
# Every state is loaded: drawing start values would only take time.
for name in "kaiming_uniform_ kaiming_normal_ xavier_uniform_ normal_ uniform_ trunc_normal_".split():
    setattr(nn.init, name, lambda tensor, *_, **__: tensor)


def lookup(name):
    for twin in map(importlib.import_module, twins):
        if name in twin.networks:
            return twin.networks[name](), getattr(twin, "losses", {}).get(name.split(" ")[0])
    raise LookupError(f"no twin is called {name}")


def flat(value):
    if torch.is_tensor(value):
        return [value]
    if isinstance(value, PackedSequence) or not isinstance(value, (tuple, list)):
        return []
    return [t for part in value for t in flat(part)]


def shapes_of(state):
    return {name: list(value.shape) for name, value in state.items()}


def watch(model):
    """Notes the shapes of what each module gives, call by call."""
    calls = {}

    def note(name):
        def hook(_, __, output):
            # Packed sequences have another shape than the padded ones they stand for.
            packed = any(isinstance(part, PackedSequence) for part in (output if isinstance(output, tuple) else ()))
            if not packed:
                calls.setdefault(name, []).append([list(t.shape) for t in flat(output)])

        return hook

    for name, module in model.named_modules():
        if not isinstance(module, StochasticDepth):  # It does nothing in evaluation, and the ports leave it out.
            module.register_forward_hook(note(name))
    return calls


def asked(given, metadata):
    model, loss_of = lookup(metadata["network"])
    parts = {}
    for name, value in given.items():
        kind, key = name.split(".", 1)
        parts.setdefault(kind, {})[key] = value
    return model, loss_of, parts, [parts["input"][name] for name in json.loads(metadata["inputs"])]


def facts(model, calls):
    return {"state": json.dumps(shapes_of(model.state_dict())), "calls": json.dumps(calls)}


@torch.no_grad()
def shapes(given, metadata):
    model, _, _, inputs = asked(given, metadata)
    device = next(model.parameters()).device
    calls = watch(model.eval())
    model(*(x.to(device) for x in inputs))
    return {}, facts(model, calls)


def answer(given, metadata):
    model, loss_of, parts, inputs = asked(given, metadata)
    model.load_state_dict(parts["state"])
    model.train(metadata["training"] == "true")
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.eval()
    calls = watch(model)
    result = model(*inputs)
    outputs = flat(result)
    if loss_of is not None:
        loss = loss_of(result, *inputs)
    else:
        loss = sum((y * parts["cotangent"][str(i)]).sum() for i, y in enumerate(outputs))
    loss.backward()
    found = {f"output.{i}": y for i, y in enumerate(outputs)}
    found["loss"] = loss.reshape([])
    for name, parameter in model.named_parameters():
        found[f"gradient.{name}"] = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
    if model.training:
        found |= {f"buffer.{name}": b for name, b in model.named_buffers() if b.is_floating_point()}
    return found, facts(model, calls)


for line in sys.stdin:
    wrong = None
    try:
        request = json.loads(line)
        reply = shapes if request.get("shapes") else answer
        tensors.write(request["answer"], *reply(*tensors.read(request["given"])))
    except Exception:
        wrong = traceback.format_exc()
    print(json.dumps(wrong), flush=True)
