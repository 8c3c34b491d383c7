"""BERT, with the names of the published checkpoint: the twin of bert.model.ts."""
import math

import torch
from torch import nn
from torch.nn import functional as F


class Embeddings(nn.Module):
    def __init__(self, vocab, d):
        super().__init__()
        self.word_embeddings = nn.Embedding(vocab, d, padding_idx=0)
        self.position_embeddings = nn.Embedding(512, d)
        self.token_type_embeddings = nn.Embedding(2, d)
        self.LayerNorm = nn.LayerNorm(d, eps=1e-12)
        self.dropout = nn.Dropout(0.1)

    def forward(self, ids):
        positions = torch.arange(ids.size(1)).unsqueeze(0)
        types = torch.zeros_like(ids)
        x = self.word_embeddings(ids) + self.token_type_embeddings(types) + self.position_embeddings(positions)
        return self.dropout(self.LayerNorm(x))


class SelfAttention(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(d, d)
        self.key = nn.Linear(d, d)
        self.value = nn.Linear(d, d)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x, mask):
        b, n, d = x.shape
        q, k, v = (
            layer(x).view(b, n, self.heads, d // self.heads).permute(0, 2, 1, 3)
            for layer in (self.query, self.key, self.value)
        )
        scores = q @ k.transpose(-1, -2) / math.sqrt(d // self.heads) + mask
        weights = self.dropout(F.softmax(scores, dim=-1))
        return (weights @ v).permute(0, 2, 1, 3).reshape(b, n, d)


class Output(nn.Module):
    def __init__(self, i, d):
        super().__init__()
        self.dense = nn.Linear(i, d)
        self.LayerNorm = nn.LayerNorm(d, eps=1e-12)
        self.dropout = nn.Dropout(0.1)

    def forward(self, h, x):
        return self.LayerNorm(self.dropout(self.dense(h)) + x)


class Attention(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.self = SelfAttention(d, heads)
        self.output = Output(d, d)

    def forward(self, x, mask):
        return self.output(self.self(x, mask), x)


class Intermediate(nn.Module):
    def __init__(self, d, h):
        super().__init__()
        self.dense = nn.Linear(d, h)

    def forward(self, x):
        return F.gelu(self.dense(x))


class Layer(nn.Module):
    def __init__(self, d, heads, h):
        super().__init__()
        self.attention = Attention(d, heads)
        self.intermediate = Intermediate(d, h)
        self.output = Output(h, d)

    def forward(self, x, mask):
        x = self.attention(x, mask)
        return self.output(self.intermediate(x), x)


class Encoder(nn.Module):
    def __init__(self, n, d, heads, h):
        super().__init__()
        self.layer = nn.ModuleList([Layer(d, heads, h) for _ in range(n)])

    def forward(self, x, mask):
        for layer in self.layer:
            x = layer(x, mask)
        return x


class Pooler(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.dense = nn.Linear(d, d)
        self.activation = nn.Tanh()

    def forward(self, x):
        return self.activation(self.dense(x[:, 0]))


class Bert(nn.Module):
    def __init__(self, vocab=30522, d=768, n=12, heads=12, h=3072):
        super().__init__()
        self.embeddings = Embeddings(vocab, d)
        self.encoder = Encoder(n, d, heads, h)
        self.pooler = Pooler(d)

    def forward(self, ids, attention_mask):
        mask = (1.0 - attention_mask.float())[:, None, None, :] * -10000.0
        x = self.encoder(self.embeddings(ids), mask)
        return x, self.pooler(x)


networks = {"bert": Bert, "bert small": lambda: Bert(60, 16, 2, 4, 32)}
