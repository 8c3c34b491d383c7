"""PyTorch, one thread: the same requests as host.mjs answers, a line of JSON each."""
import json
import sys
import time

import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

torch.set_num_threads(1)


def numbers(name, count, scale=1.0, shift=0.0):
    seed = 0x811C9DC5
    for c in name.encode():
        seed = ((seed ^ c) * 0x01000193) & 0xFFFFFFFF
    h = (np.arange(count, dtype=np.uint64) + seed).astype(np.uint32)
    for _ in range(2):
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x45D9F3B)
    h = h ^ (h >> np.uint32(16))
    return (((h >> np.uint32(8)).astype(np.float64) / 8388608 - 1) * scale + shift).astype(np.float32)


def parameter(name, shape):
    scale = 1 / np.sqrt(np.prod(shape[1:])) if len(shape) > 1 else 0.1
    base = name.rsplit('.', 2)
    is_norm = name.endswith('.weight') and len(base) > 1 and base[-2].rstrip('0123456789') == 'norm'
    return numbers(name, int(np.prod(shape)), scale, 1.0 if is_norm or name == 'norm.weight' else 0.0).reshape(shape)


def ids(name, shape, vocabulary):
    x = numbers(name, int(np.prod(shape)), 0.5, 0.5)
    return torch.tensor(np.minimum(vocabulary - 1, np.floor(x.astype(np.float64) * vocabulary)).astype(np.int64)).reshape(shape)


def given(name, shape, scale=1.0):
    return torch.tensor(numbers(name, int(np.prod(shape)), scale)).reshape(shape)


def filled(model):
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(torch.tensor(parameter(name, tuple(p.shape))))
    return model


class EncoderDecoder(nn.Module):
    def __init__(self, w):
        super().__init__()
        d, v = w['d'], w['vocabulary']
        self.source = nn.Embedding(v, d) if v else None
        self.target = nn.Embedding(v, d) if v else None
        self.transformer = nn.Transformer(d, w['heads'], w['layers'], w['layers'], w['ffn'], 0.0, batch_first=True)
        self.head = nn.Linear(d, v) if v else None
        self.mask = torch.triu(torch.full((w['length'], w['length']), float('-inf')), 1)

    def forward(self, x, y):
        if self.source is not None:
            x, y = self.source(x), self.target(y)
        out = self.transformer(x, y, tgt_mask=self.mask)
        return out if self.head is None else self.head(out)


class Gpt(nn.Module):
    def __init__(self, w):
        super().__init__()
        layer = nn.TransformerEncoderLayer(w['d'], w['heads'], 4 * w['d'], 0.0, 'gelu', norm_first=True, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, w['layers'])
        self.mask = torch.triu(torch.full((w['length'], w['length']), float('-inf')), 1)

    def forward(self, x):
        return self.encoder(x, mask=self.mask)


def passes(model, forward, loss):
    box = {}
    if loss is None:
        model.eval()

        def run():
            with torch.no_grad():
                box['out'] = forward()

        return run, lambda: [box['out'].flatten().tolist()]
    parameters = list(model.parameters())

    def run():
        for p in parameters:
            p.grad = None
        box['loss'] = loss(forward())
        box['loss'].backward()

    return run, lambda: [[box['loss'].item()], [p.grad.norm().item() for p in parameters]]


def prepare(w):
    kind = w['kind']
    if kind == 'gemm':
        a, b = given('a', (w['size'],) * 2), given('b', (w['size'],) * 2)
        return lambda: torch.matmul(a, b), lambda: [torch.matmul(a, b).flatten().tolist()]
    if kind == 'randn':
        box = {}

        def run():
            torch.manual_seed(0)
            box['out'] = torch.randn(w['count'])

        return run, lambda: [box['out'][:100].tolist(), box['out'][-100:].tolist()]
    if kind == 'adds':
        x, y = given('x', (w['elements'],)), given('y', (w['elements'],), 0.001)
        x.requires_grad_(w['backward'])
        box = {}

        def run():
            out = x
            for _ in range(w['count']):
                out = out + y
            box['out'] = out
            if w['backward']:
                x.grad = None
                out.sum().backward()

        return run, lambda: [box['out'].tolist()] + ([x.grad.tolist()] if w['backward'] else [])
    if kind == 'transformer':
        model = filled(EncoderDecoder(w))
        shape = (w['batch'], w['length'])
        v = w['vocabulary']
        if v:
            x, y, labels = ids('source', shape, v), ids('target', shape, v), ids('labels', shape, v).flatten()
            loss = lambda out: F.cross_entropy(out.flatten(0, 1), labels)
        else:
            x, y = given('source', shape + (w['d'],)), given('target', shape + (w['d'],))
            loss = lambda out: out.square().mean()
        return passes(model, lambda: model(x, y), loss if w['backward'] else None)
    if kind == 'gpt':
        model = Gpt(w)
        filled(model.encoder)
        x = given('x', (w['batch'], w['length'], w['d']))
        return passes(model, lambda: model(x), None)
    if kind == 'lenet':
        model = filled(nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)))
        x = given('x', (w['batch'], 1, 28, 28))
        labels = ids('labels', (w['batch'],), 10)
        return passes(model, lambda: model(x), lambda out: F.cross_entropy(out, labels))
    if kind == 'lstm':
        model = filled(nn.LSTM(w['input'], w['hidden']))
        x = given('x', (w['length'], w['batch'], w['input']))
        return passes(model, lambda: model(x)[0], lambda out: out.square().mean())
    return None


def timed(run, ms):
    samples = []
    end = time.perf_counter() + ms / 1000
    while not samples or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        samples.append((time.perf_counter() - start) * 1000)
    samples.sort()
    return samples[len(samples) // 2]


prepared = None
for line in sys.stdin:
    request = json.loads(line)
    try:
        if request['do'] == 'prepare':
            prepared = prepare(request['work'])
            answer = {'absent': 'not there'} if prepared is None else {'threads': 1}
        elif request['do'] == 'check':
            prepared[0]()
            outputs = [values[:: max(1, len(values) // 2000)] for values in prepared[1]()]
            timed(prepared[0], 400)
            answer = {'outputs': outputs}
        else:
            answer = {'value': timed(prepared[0], request['ms'])}
    except Exception as error:
        answer = {'absent': str(error).split('\n')[0]}
    print(json.dumps(answer), flush=True)
