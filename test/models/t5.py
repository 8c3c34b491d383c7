"""T5, with the names of the published checkpoint; one Embedding in three places: the twin of t5.model.ts."""
import math

import torch
from torch import nn


class T5LayerNorm(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d))

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6))


def bucket(relative, bidirectional, buckets=32, farthest=128):
    out = torch.zeros_like(relative)
    if bidirectional:
        buckets //= 2
        out = out + (relative > 0).long() * buckets
        relative = relative.abs()
    else:
        relative = -torch.min(relative, torch.zeros_like(relative))
    exact = buckets // 2
    large = torch.log(relative.float().clamp(min=1) / exact) / math.log(farthest / exact) * (buckets - exact)
    large = (exact + large.long()).clamp(max=buckets - 1)
    return out + torch.where(relative < exact, relative, large)


class Attention(nn.Module):
    def __init__(self, d, heads, dk, decoder, relative):
        super().__init__()
        self.heads, self.dk, self.decoder = heads, dk, decoder
        self.q = nn.Linear(d, heads * dk, bias=False)
        self.k = nn.Linear(d, heads * dk, bias=False)
        self.v = nn.Linear(d, heads * dk, bias=False)
        self.o = nn.Linear(heads * dk, d, bias=False)
        if relative:
            self.relative_attention_bias = nn.Embedding(32, heads)

    def compute_bias(self, n):
        relative = torch.arange(n)[None, :] - torch.arange(n)[:, None]
        return self.relative_attention_bias(bucket(relative, not self.decoder)).permute(2, 0, 1).unsqueeze(0)

    def forward(self, x, memory, bias):
        b = x.size(0)
        q = self.q(x).view(b, -1, self.heads, self.dk).transpose(1, 2)
        k = self.k(memory).view(b, -1, self.heads, self.dk).transpose(1, 2)
        v = self.v(memory).view(b, -1, self.heads, self.dk).transpose(1, 2)
        scores = q @ k.transpose(3, 2)
        if bias is not None:
            scores = scores + bias
        out = scores.softmax(-1) @ v
        return self.o(out.transpose(1, 2).reshape(b, -1, self.heads * self.dk))


class SelfLayer(nn.Module):
    def __init__(self, d, heads, dk, decoder, relative):
        super().__init__()
        self.SelfAttention = Attention(d, heads, dk, decoder, relative)
        self.layer_norm = T5LayerNorm(d)

    def forward(self, x, bias):
        n = self.layer_norm(x)
        return x + self.SelfAttention(n, n, bias)


class CrossLayer(nn.Module):
    def __init__(self, d, heads, dk):
        super().__init__()
        self.EncDecAttention = Attention(d, heads, dk, True, False)
        self.layer_norm = T5LayerNorm(d)

    def forward(self, x, memory):
        return x + self.EncDecAttention(self.layer_norm(x), memory, None)


class DenseReluDense(nn.Module):
    def __init__(self, d, ff):
        super().__init__()
        self.wi = nn.Linear(d, ff, bias=False)
        self.wo = nn.Linear(ff, d, bias=False)

    def forward(self, x):
        return self.wo(self.wi(x).relu())


class FFLayer(nn.Module):
    def __init__(self, d, ff):
        super().__init__()
        self.DenseReluDense = DenseReluDense(d, ff)
        self.layer_norm = T5LayerNorm(d)

    def forward(self, x):
        return x + self.DenseReluDense(self.layer_norm(x))


class Block(nn.Module):
    def __init__(self, d, heads, dk, ff, decoder, relative):
        super().__init__()
        cross = [CrossLayer(d, heads, dk)] if decoder else []
        self.layer = nn.ModuleList([SelfLayer(d, heads, dk, decoder, relative), *cross, FFLayer(d, ff)])

    def forward(self, x, bias, memory):
        x = self.layer[0](x, bias)
        if memory is not None:
            x = self.layer[1](x, memory)
        return self.layer[-1](x)


class Stack(nn.Module):
    def __init__(self, shared, n, d, heads, dk, ff, decoder):
        super().__init__()
        self.decoder = decoder
        self.embed_tokens = shared
        self.block = nn.ModuleList([Block(d, heads, dk, ff, decoder, i == 0) for i in range(n)])
        self.final_layer_norm = T5LayerNorm(d)

    def forward(self, ids, memory=None):
        n = ids.size(1)
        bias = self.block[0].layer[0].SelfAttention.compute_bias(n)
        if self.decoder:
            bias = bias + torch.full((n, n), -1e9).triu(1)
        x = self.embed_tokens(ids)
        for block in self.block:
            x = block(x, bias, memory)
        return self.final_layer_norm(x)


class T5(nn.Module):
    def __init__(self, vocab=32128, d=512, n=6, heads=8, dk=64, ff=2048):
        super().__init__()
        self.d = d
        self.shared = nn.Embedding(vocab, d)
        self.encoder = Stack(self.shared, n, d, heads, dk, ff, False)
        self.decoder = Stack(self.shared, n, d, heads, dk, ff, True)
        self.lm_head = nn.Linear(d, vocab, bias=False)
        self.lm_head.weight = self.shared.weight

    def forward(self, ids, decoder_ids):
        return self.lm_head(self.decoder(decoder_ids, self.encoder(ids)) * self.d**-0.5)


networks = {"t5": T5, "t5 small": lambda: T5(60, 16, 2, 4, 6, 24)}
