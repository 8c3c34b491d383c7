"""A temporal convolutional network, weight norm written by hand: the twin of tcn.model.ts."""
import torch
from torch import nn
from torch.nn import functional as F


class WeightNormConv1d(nn.Module):
    def __init__(self, i, o, k, padding, dilation):
        super().__init__()
        self.padding, self.dilation = padding, dilation
        v = torch.randn(o, i, k) * 0.01
        self.weight_g = nn.Parameter(v.norm(2, dim=(1, 2), keepdim=True))
        self.weight_v = nn.Parameter(v)
        self.bias = nn.Parameter(torch.zeros(o))

    def forward(self, x):
        weight = self.weight_v * (self.weight_g / self.weight_v.norm(2, dim=(1, 2), keepdim=True))
        return F.conv1d(x, weight, self.bias, padding=self.padding, dilation=self.dilation)


class Chomp1d(nn.Module):
    def __init__(self, chomp):
        super().__init__()
        self.chomp = chomp

    def forward(self, x):
        return x[:, :, : -self.chomp].contiguous()


class TemporalBlock(nn.Module):
    def __init__(self, i, o, k, dilation):
        super().__init__()
        padding = (k - 1) * dilation
        self.conv1 = WeightNormConv1d(i, o, k, padding, dilation)
        self.chomp1 = Chomp1d(padding)
        self.conv2 = WeightNormConv1d(o, o, k, padding, dilation)
        self.chomp2 = Chomp1d(padding)
        self.dropout = nn.Dropout(0.2)
        self.downsample = nn.Conv1d(i, o, 1) if i != o else None

    def forward(self, x):
        out = self.dropout(self.chomp1(self.conv1(x)).relu())
        out = self.dropout(self.chomp2(self.conv2(out)).relu())
        return (out + (x if self.downsample is None else self.downsample(x))).relu()


class TCN(nn.Module):
    def __init__(self, i, classes, channels, k):
        super().__init__()
        widths = [i, *channels]
        self.network = nn.Sequential(
            *(TemporalBlock(widths[n], c, k, 2**n) for n, c in enumerate(channels))
        )
        self.linear = nn.Linear(channels[-1], classes)

    def forward(self, x):
        return self.linear(self.network(x)[:, :, -1])


networks = {"tcn": lambda: TCN(3, 10, [16, 16, 32, 32], 5)}
