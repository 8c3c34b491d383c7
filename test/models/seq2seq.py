"""A recurrent encoder over packed sequences, additive attention, a decoder of cells: the twin of seq2seq.model.ts."""
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class Encoder(nn.Module):
    def __init__(self, vocab, e, h):
        super().__init__()
        self.embedding = nn.Embedding(vocab, e, padding_idx=0)
        self.rnn = nn.LSTM(e, h, bidirectional=True, batch_first=True)
        self.fc = nn.Linear(2 * h, h)

    def forward(self, src, lengths):
        packed = pack_padded_sequence(self.embedding(src), lengths, batch_first=True, enforce_sorted=False)
        outputs, (hidden, _) = self.rnn(packed)
        outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=src.size(1))
        return outputs, torch.tanh(self.fc(torch.cat((hidden[-2], hidden[-1]), dim=1)))


class Attention(nn.Module):
    def __init__(self, enc, dec):
        super().__init__()
        self.attn = nn.Linear(enc + dec, dec)
        self.v = nn.Linear(dec, 1, bias=False)

    def forward(self, hidden, outputs, mask):
        h = hidden.unsqueeze(1).repeat(1, outputs.size(1), 1)
        energy = torch.tanh(self.attn(torch.cat((h, outputs), dim=2)))
        return self.v(energy).squeeze(2).masked_fill(mask == 0, -1e10).softmax(1)


class Seq2Seq(nn.Module):
    def __init__(self, src, trg, e=16, h=24):
        super().__init__()
        self.encoder = Encoder(src, e, h)
        self.attention = Attention(2 * h, h)
        self.embedding = nn.Embedding(trg, e)
        self.cell = nn.LSTMCell(2 * h + e, h)
        self.out = nn.Linear(2 * h + h + e, trg)

    def forward(self, src, lengths, trg):
        outputs, h = self.encoder(src, lengths)
        c, mask, logits = h, src != 0, []
        for t in range(trg.size(1)):
            embedded = self.embedding(trg[:, t])
            weights = self.attention(h, outputs, mask).unsqueeze(1)
            weighted = torch.bmm(weights, outputs).squeeze(1)
            h, c = self.cell(torch.cat((embedded, weighted), dim=1), (h, c))
            logits.append(self.out(torch.cat((h, weighted, embedded), dim=1)))
        return torch.stack(logits, dim=1)


networks = {"seq2seq": lambda: Seq2Seq(20, 22)}
