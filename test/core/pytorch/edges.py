"""Writes edges.json: what PyTorch gives for the cases of edges.txt. Run: python3 test/core/pytorch/edges.py [folder]"""
import json
import math
import sys
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F

here = Path(__file__).parent


def seq(shape, a=0.37, b=0.0):
    """Numbers spread over -2 ... 2 without a pattern."""
    n = math.prod(shape)
    return (((torch.arange(n, dtype=torch.float32) * a + b) % 1) * 4 - 2).reshape(shape)


def I(values):
    return torch.tensor(values, dtype=torch.long)


def B(values):
    return torch.tensor(values, dtype=torch.bool)


filled = []


def M(module):
    filled.append(module)
    with torch.no_grad():
        for k, (_, p) in enumerate(sorted(module.named_parameters())):
            p.copy_(seq(p.shape, 0.29 + 0.07 * k, 0.1) * 0.3)
    return module


def E(module):
    return M(module).eval()


def put(x, value, *where):
    """x[where] = value, out of place: slice_scatter reads memory that is not its own in PyTorch 1.13."""
    y = x.clone()
    y[where] = value
    return y


def flat(results):
    return [results] if torch.is_tensor(results) else [t for part in results for t in flat(part)]


def packed(layer, x, lengths, state=None, batch_first=False):
    """A recurrent layer on sequences of these lengths."""
    sequence = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=batch_first, enforce_sorted=False)
    output, state = layer(sequence) if state is None else layer(sequence, state)
    steps = x.shape[1 if batch_first else 0]
    output, _ = nn.utils.rnn.pad_packed_sequence(output, batch_first=batch_first, total_length=steps)
    return flat([output, state])


def tracked(norm, x):
    """A norm's running statistics after two batches, and what it then gives in evaluation."""
    norm(x)
    norm(x * 2 + 1)
    return [norm.running_mean, norm.running_var, norm.eval()(x)]


def hooked(module, *given):
    """The gradients that a hook behind backward sees, and those of the inputs, which it doubles."""
    seen = []
    module.register_full_backward_hook(lambda _, inner, outer: (seen.extend([*inner, *outer]), [2 * g for g in inner])[1])
    inputs = [x.detach().requires_grad_() for x in given]
    (module(*inputs) * 3).square().sum().backward()
    return seen + [x.grad for x in inputs]


def steps(make, count=6):
    """Where an optimizer brings four parameters."""
    p = nn.Parameter(seq([4]))
    optimizer = make(p)
    for i in range(count):
        p.grad = seq([4], 0.23, 0.125 * i)
        optimizer.step()
    return p.detach()


def nadam(lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, momentum_decay=4e-3, count=6):
    """Where PyTorch's documentation has NAdam bring four parameters: PyTorch before 2.0 multiplies by a step's momentum twice."""
    p, m, v, product = seq([4]), torch.zeros(4), torch.zeros(4), 1
    momentum = lambda step: betas[0] * (1 - 0.5 * 0.96 ** (step * momentum_decay))
    for i in range(count):
        g = seq([4], 0.23, 0.125 * i) + weight_decay * p
        now, ahead = momentum(i + 1), momentum(i + 2)
        product *= now
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g * g
        mean = ahead * m / (1 - product * ahead) + (1 - now) * g / (1 - product)
        p = p - lr * mean / ((v / (1 - betas[1] ** (i + 1))).sqrt() + eps)
    return p


def closed(make, steps=2):
    """Where an optimizer that computes the loss itself brings the parameters of Rosenbrock's function."""
    p = nn.Parameter(torch.tensor([-0.5, 0.8]))
    optimizer = make(p)

    def closure():
        optimizer.zero_grad()
        a, b = p.unbind()
        loss = (1 - a) ** 2 + 3 * (b - a * a) ** 2
        loss.backward()
        return loss

    return [*(optimizer.step(closure).detach() for _ in range(steps)), p.detach()]


def remembered(make, names, count=4):
    """What an optimizer remembers of four parameters, by name."""
    p = nn.Parameter(seq([4]))
    optimizer = make(p)
    for i in range(count):
        p.grad = seq([4], 0.23, 0.125 * i)
        optimizer.step()
    state = optimizer.state_dict()["state"][0]
    assert {name for name, value in state.items() if value is not None} == set(names), state.keys()
    return [torch.as_tensor(state[name], dtype=torch.float32) for name in names]


def rates(make, count=14, lr=0.5):
    """The learning rates of a schedule."""
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=lr)
    schedule = make(optimizer)
    seen = []
    for _ in range(count):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return torch.tensor(seen)


def clipped(clip, *grads):
    """Gradients after clipping."""
    params = [nn.Parameter(torch.zeros_like(g)) for g in grads]
    for p, g in zip(params, grads):
        p.grad = g.detach().clone()
    clip(params)
    return [p.grad for p in params]


def numbers(t):
    """JSON has no infinities: those and NaN are written as words."""
    return [v if math.isfinite(v) else str(v) for v in (round(float(v), 6) for v in t.detach().flatten().tolist())]


def read(values):
    """The reverse: lists of numbers, some of them words."""
    return [read(v) for v in values] if isinstance(values, list) else float(values)


def made(k, given):
    if isinstance(given, list):
        return seq(given, 0.37 + 0.11 * k).requires_grad_()
    if "f" in given:
        return torch.tensor(read(given["f"]), dtype=torch.float32).requires_grad_()
    return I(given["i"]) if "i" in given else B(given["b"])


def run(given, expression):
    inputs = [made(k, g) for k, g in enumerate(given)]
    filled.clear()
    scope = dict(torch=torch, nn=nn, F=F, optim=torch.optim, I=I, B=B, M=M, E=E, seq=seq, inf=math.inf, math=math)
    scope.update(put=put, closed=closed, flat=flat, packed=packed, tracked=tracked, hooked=hooked, steps=steps, nadam=nadam, remembered=remembered, rates=rates, clipped=clipped)
    results = flat(eval(expression, {**scope, **dict(zip("abcd", inputs))}))
    for y in results:
        if not y.requires_grad:
            continue
        weight = (torch.arange(y.numel(), dtype=torch.float32) * 0.13 % 1 + 0.5).reshape(y.shape)
        (y * weight).sum().backward(retain_graph=True)
    kinds = {torch.float32: "f32", torch.int64: "i32", torch.bool: "bool"}
    return {
        "y": [{"shape": list(y.shape), "dtype": kinds[y.dtype], "values": numbers(y)} for y in results],
        "g": [None if not x.is_floating_point() or x.grad is None else numbers(x.grad) for x in inputs],
        "p": {
            name: numbers(p.grad) for module in filled for name, p in module.named_parameters() if p.grad is not None
        },
    }


def main():
    cases = []
    for line in (here / "edges.txt").read_text().splitlines():
        if line.strip() == "" or line.startswith("#"):
            continue
        given, ours, *theirs = [part.strip() for part in line.split(";;")]
        case = {"ours": ours, "given": json.loads(f"[{given}]")}
        try:
            case.update(run(case["given"], theirs[0] if theirs else ours))
        except (RuntimeError, IndexError, ValueError, TypeError, AssertionError) as error:
            case["refused"] = str(error).splitlines()[0]
        cases.append(case)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else here
    folder.joinpath("edges.json").write_text("[\n" + ",\n".join(json.dumps(c, ensure_ascii=False) for c in cases) + "\n]\n")


if __name__ == "__main__":
    main()
