"""A LLaMA-style model, RMSNorm written by hand (PyTorch 1.13 has none): the twin of llama.model.ts."""
import math

import torch
from torch import nn
from torch.nn import functional as F


def rotate_half(x):
    a, b = x.chunk(2, dim=-1)
    return torch.cat((-b, a), dim=-1)


class RMSNorm(nn.Module):
    def __init__(self, d, device):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d, device=device))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.weight


class Attention(nn.Module):
    def __init__(self, d, heads, kv, device):
        super().__init__()
        self.heads, self.kv, self.dh = heads, kv, d // heads
        self.q_proj = nn.Linear(d, heads * self.dh, bias=False, device=device)
        self.k_proj = nn.Linear(d, kv * self.dh, bias=False, device=device)
        self.v_proj = nn.Linear(d, kv * self.dh, bias=False, device=device)
        self.o_proj = nn.Linear(heads * self.dh, d, bias=False, device=device)

    def forward(self, x, cos, sin):
        b, t, _ = x.shape
        q = self.q_proj(x).view(b, t, self.heads, self.dh).transpose(1, 2)
        k = self.k_proj(x).view(b, t, self.kv, self.dh).transpose(1, 2)
        v = self.v_proj(x).view(b, t, self.kv, self.dh).transpose(1, 2)
        q = q * cos + rotate_half(q) * sin
        k = k * cos + rotate_half(k) * sin
        k, v = (part.unsqueeze(2).expand(-1, -1, self.heads // self.kv, -1, -1).flatten(1, 2) for part in (k, v))
        scores = q @ k.transpose(-1, -2) / math.sqrt(self.dh)
        hidden = torch.ones(t, t, dtype=torch.bool, device=x.device).triu(1)
        out = scores.masked_fill(hidden, float("-inf")).softmax(-1) @ v
        return self.o_proj(out.transpose(1, 2).reshape(b, t, self.heads * self.dh))


class MLP(nn.Module):
    def __init__(self, d, h, device):
        super().__init__()
        self.gate_proj = nn.Linear(d, h, bias=False, device=device)
        self.up_proj = nn.Linear(d, h, bias=False, device=device)
        self.down_proj = nn.Linear(h, d, bias=False, device=device)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, d, heads, kv, h, device):
        super().__init__()
        self.self_attn = Attention(d, heads, kv, device)
        self.mlp = MLP(d, h, device)
        self.input_layernorm = RMSNorm(d, device)
        self.post_attention_layernorm = RMSNorm(d, device)

    def forward(self, x, cos, sin):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin)
        return x + self.mlp(self.post_attention_layernorm(x))


class Llama(nn.Module):
    def __init__(self, vocab, d, n, heads, kv, h, device="cpu"):
        super().__init__()
        self.dh = d // heads
        self.embed_tokens = nn.Embedding(vocab, d, device=device)
        self.layers = nn.ModuleList([Layer(d, heads, kv, h, device) for _ in range(n)])
        self.norm = RMSNorm(d, device)
        self.lm_head = nn.Linear(d, vocab, bias=False, device=device)

    def forward(self, ids):
        inverse = 10000.0 ** (-torch.arange(0, self.dh, 2, device=ids.device) / self.dh)
        angles = torch.outer(torch.arange(ids.size(1), device=ids.device).float(), inverse)
        both = torch.cat((angles, angles), dim=-1)
        x = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x, both.cos(), both.sin())
        return self.lm_head(self.norm(x))


networks = {
    "llama small": lambda: Llama(512, 128, 2, 8, 2, 352),
    # Llama-3 8B: names and shapes, no memory.
    "llama": lambda: Llama(128256, 4096, 32, 32, 8, 14336, device="meta"),
}
