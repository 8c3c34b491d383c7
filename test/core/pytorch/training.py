"""
Writes training.json: the losses of 100 steps of three lessons under examples/, trained in PyTorch from the same seed, 0, without a checkpoint. The
model draws from manual_seed(0), batches from 3,000,000. Run: python3 test/core/pytorch/training.py [folder]
"""
import json
import sys
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F

steps = 100
torch.set_num_threads(1)


class FeedForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(4, 64)
        self.outer = nn.Linear(64, 4)

    def forward(self, x):
        return self.outer(self.inner(x).relu())


def squares(batches):
    x = torch.rand(64, 4, generator=batches) * 2 - 1
    return x, lambda output: F.mse_loss(output, x.square())


class EncoderLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(32, 4, batch_first=True)
        self.norm1 = nn.LayerNorm(32)
        self.feed_forward = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 32))
        self.norm2 = nn.LayerNorm(32)

    def forward(self, x):
        y = self.norm1(x + self.attention(x, x, x)[0])
        return self.norm2(y + self.feed_forward(y))


class Counter(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(6, 32)
        self.layers = nn.ModuleList([EncoderLayer(), EncoderLayer()])
        self.head = nn.Linear(32, 9)

    def forward(self, ids):
        x = self.embed(ids)
        for layer in self.layers:
            x = layer(x)
        return self.head(x)


def counts(batches):
    ids = torch.randint(0, 6, (32, 8), generator=batches)
    wanted = (ids[:, :, None] == ids[:, None, :]).sum(-1)
    return ids, lambda output: F.cross_entropy(output.flatten(0, 1), wanted.flatten())


glyphs = [
    "### #.# #.# #.# ###", ".#. ##. .#. .#. ###", "### ..# ### #.. ###", "### ..# .## ..# ###", "#.# #.# ### ..# ..#",
    "### #.. ### ..# ###", "### #.. ### #.# ###", "### ..# .#. .#. .#.", "### #.# ### #.# ###", "### #.# ### ..# ###",
]
pictures = [torch.tensor([[float(c == "#") for c in row] for row in glyph.split()]).repeat_interleave(2, 0).repeat_interleave(2, 1) for glyph in glyphs]


class DigitReader(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.dense = nn.Linear(16 * 3 * 3, 10)

    def forward(self, image):
        edges = F.max_pool2d(self.conv1(image).relu(), 2)
        return self.dense(F.max_pool2d(self.conv2(edges).relu(), 2).flatten(1))


def digits(batches):
    numbers, tops, lefts = [torch.randint(0, end, (32,), generator=batches) for end in (10, 3, 7)]
    image = torch.zeros(32, 1, 12, 12)
    for n, (digit, top, left) in enumerate(zip(numbers.tolist(), tops.tolist(), lefts.tolist())):
        image[n, 0, top:top + 10, left:left + 6] = pictures[digit]
    image = image + torch.randn(image.shape, generator=batches) * 0.3
    return image, lambda output: F.cross_entropy(output, numbers)


def losses(make, batch, lr):
    torch.manual_seed(0)
    model = make()
    batches = torch.Generator().manual_seed(3_000_000)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    curve = []
    for _ in range(steps):
        inputs, loss_of = batch(batches)
        loss = loss_of(model(inputs))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        curve.append(round(loss.item(), 7))
    return curve


curves = {
    "feed-forward": losses(FeedForward, squares, 0.01),
    "encoder": losses(Counter, counts, 0.003),
    "cnn": losses(DigitReader, digits, 0.005),
}
(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent).joinpath("training.json").write_text(json.dumps(curves, indent=2) + "\n")
