"""MLP-Mixer: the twin of mixer.model.ts."""
from torch import nn


class Mlp(nn.Module):
    def __init__(self, d, h):
        super().__init__()
        self.fc1 = nn.Linear(d, h)
        self.act = nn.GELU()
        self.fc2 = nn.Linear(h, d)

    def forward(self, x):
        return self.fc2(self.act(self.fc1(x)))


class MixerBlock(nn.Module):
    def __init__(self, d, seq, t, c):
        super().__init__()
        self.norm1 = nn.LayerNorm(d, eps=1e-6)
        self.mlp_tokens = Mlp(seq, t)
        self.norm2 = nn.LayerNorm(d, eps=1e-6)
        self.mlp_channels = Mlp(d, c)

    def forward(self, x):
        x = x + self.mlp_tokens(self.norm1(x).transpose(1, 2)).transpose(1, 2)
        return x + self.mlp_channels(self.norm2(x))


class Mixer(nn.Module):
    def __init__(self, image=224, patch=16, d=768, n=12, t=384, c=3072):
        super().__init__()
        self.stem = nn.Conv2d(3, d, patch, stride=patch)
        self.blocks = nn.Sequential(*(MixerBlock(d, (image // patch) ** 2, t, c) for _ in range(n)))
        self.norm = nn.LayerNorm(d, eps=1e-6)
        self.head = nn.Linear(d, 1000)

    def forward(self, x):
        x = self.stem(x).flatten(2).transpose(1, 2)
        return self.head(self.norm(self.blocks(x)).mean(1))


networks = {"mixer": Mixer, "mixer small": lambda: Mixer(32, 8, 24, 2, 12, 48)}
