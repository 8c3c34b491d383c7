"""A bidirectional two-layer LSTM tagger: the twin of tagger.model.ts."""
from torch import nn
from torch.nn import functional as F


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(50, 16)
        self.lstm = nn.LSTM(16, 20, num_layers=2, bidirectional=True, dropout=0.3)
        self.hidden2tag = nn.Linear(40, 7)

    def forward(self, sentence):
        output, _ = self.lstm(self.embedding(sentence))
        return F.log_softmax(self.hidden2tag(output), dim=2)


networks = {"tagger": Tagger}
