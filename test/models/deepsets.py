"""Deep sets, a masked sum over elements: the twin of deepsets.model.ts."""
from torch import nn


class DeepSets(nn.Module):
    def __init__(self):
        super().__init__()
        self.phi = nn.Sequential(nn.Linear(4, 32), nn.ELU(), nn.Linear(32, 32))
        self.rho = nn.Sequential(nn.Linear(32, 32), nn.ELU(), nn.Linear(32, 1))

    def forward(self, x, mask):
        h = self.phi(x).masked_fill(~mask.unsqueeze(-1), 0)
        return self.rho(h.sum(1)).squeeze(-1)


networks = {"deepsets": DeepSets}
